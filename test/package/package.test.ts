import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilerVersion } from '../../src/kernels/compile.js';
import { packageRoot, version } from '../../src/process/install.js';
import { program } from '../program.js';
import { recordSkip } from '../skips.js';

const folder = mkdtempSync(join(tmpdir(), 'shoal-package-'));
const cache = join(folder, 'cache');

interface Installed {
  readonly files: readonly string[];
  /** Why the tarball could not be installed, when it could not. */
  readonly reason?: string;
}

function run(command: string, args: readonly string[], cwd = folder, env: NodeJS.ProcessEnv = {}) {
  return spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: cache, npm_config_update_notifier: 'false', ...env },
    timeout: 240_000,
  });
}

/** With the certificates that vitest.config.ts took from the environment. */
function npm(args: readonly string[], cwd = folder) {
  const { SHOAL_TEST_CA_CERTS: certificates } = process.env;
  return run('npm', args, cwd, certificates ? { NODE_EXTRA_CA_CERTS: certificates } : {});
}

function install(): Installed {
  program();
  const packed = npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], packageRoot());
  if (packed.status !== 0) throw new Error(`npm pack failed: ${packed.stderr}`);
  const [{ filename, files }] = JSON.parse(packed.stdout) as [
    { filename: string; files: { path: string }[] },
  ];
  writeFileSync(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }');
  const installed = npm(['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename)]);
  const paths = files.map(({ path }) => path);
  return installed.status === 0
    ? { files: paths }
    : { files: paths, reason: `npm install failed: ${installed.stderr.trim().split('\n').at(-1)}` };
}

describe('the packed and installed package', () => {
  let installed: Installed;

  beforeAll(() => {
    installed = install();
    if (installed.reason) recordSkip(`the installed package: ${installed.reason}`);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('holds the program, its C sources, the examples, the pages and the licences, and no library of this machine', () => {
    expect(installed.files).toEqual(
      expect.arrayContaining([
        'dist/main.js',
        'dist/index.js',
        'dist/mpi.js',
        'dist/types/index.d.ts',
        'dist/types/mpi/index.d.ts',
        'dist/THIRD-PARTY.txt',
        'native/Makefile',
        'native/shoal_kernel.h',
        'schema/study.schema.json',
        'slurm/job.sh',
        'slurm/sites/generic.yaml',
        'examples/01-tem1d/study.yaml',
        'docs/slurm.md',
        'LICENSE',
        'README.md',
      ]),
    );
    expect(
      installed.files.filter((path) => /\.(?:so|dylib|o)$/.test(path) || path.startsWith('src/')),
    ).toEqual([]);
  });

  test('has all that a rank needs in a few files, which bring neither the command line nor schemas', () => {
    const dist = join(packageRoot(), 'dist');
    const entries = ['main-rank', 'main-worker'].map((name) =>
      readdirSync(dist).find((file) => file.startsWith(`part-${name}-`)),
    );
    for (const entry of entries) {
      const files = new Set(['main.js', entry as string]);
      const texts = [...files].map((file) => readFileSync(join(dist, file), 'utf8'));
      // Both grow while they are read: what a part imports is read after it.
      for (const text of texts) {
        for (const [, name = ''] of text.matchAll(/^import .*?["']([^"']+)["'];?$/gm)) {
          if (name.startsWith('./') && !files.has(name.slice(2))) {
            files.add(name.slice(2));
            texts.push(readFileSync(join(dist, name), 'utf8'));
          } else if (!name.startsWith('./')) {
            expect(name === 'koffi' || isBuiltin(name), `${name} of ${entry}`).toBe(true);
          }
        }
      }
      expect(files.size).toBeLessThan(10);
      expect(texts.join('')).not.toMatch(/ZodType|function parseCommandLine/);
    }
  });

  test('gives the command', ({ skip }) => {
    skip(installed.reason !== undefined, installed.reason);
    const done = run(join(folder, 'node_modules', '.bin', 'shoal'), ['--version']);
    expect(done.stdout.trim()).toBe(version());
    expect(done.status).toBe(0);
  });

  test('gives the two modules, at run time and as types', ({ skip }) => {
    skip(installed.reason !== undefined, installed.reason);
    const code = `import { defineKernel, defineStudy, InputError } from 'shoal';
import { findMpi } from 'shoal/mpi';
export const kernel = defineKernel({ name: 'k', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
  run: ({ x }) => ({ y: x }) });
export const study = defineStudy({ name: 's', kernel: './k.ts', parameters: { x: [1, 2] } });
// @ts-expect-error: a misspelt key
export const misspelt = defineStudy({ name: 's', kernels: './k.ts' });
console.log(typeof findMpi, kernel.name, study.name, new InputError('m') instanceof Error);
`;
    writeFileSync(join(folder, 'use.mjs'), code);
    writeFileSync(join(folder, 'use.ts'), code);
    expect(run(process.execPath, ['use.mjs'])).toMatchObject({ status: 0, stdout: 'function k s true\n' });
    const tsc = join(packageRoot(), 'node_modules', 'typescript', 'bin', 'tsc');
    const types = join(packageRoot(), 'node_modules', '@types');
    const checked = run(process.execPath, [
      tsc,
      ...['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext'],
      ...['--typeRoots', types, '--types', 'node', 'use.ts'],
    ]);
    expect(checked.stdout).toBe('');
    expect(checked.status).toBe(0);
  });

  test('runs a study, with C kernels built once into the cache of the user', ({ skip }) => {
    skip(installed.reason !== undefined, installed.reason);
    writeFileSync(
      join(folder, 'study.yaml'),
      `name: installed
solver: tem1d
settings: { times: { logspace: [1e-5, 1e-3, 5] } }
sample: { count: 100, seed: 1 }
parameters:
  resistivities: { loguniform: [1, 1000], size: 2 }
  depths: { value: [0, 20] }
output: [csv]
`,
    );
    const shoal = join(folder, 'node_modules', '.bin', 'shoal');
    const done = run(shoal, ['run', 'study.yaml', '--ranks', '2', '--quiet', '--json']);
    expect(done.stderr).not.toMatch(/error/i);
    expect(done.status).toBe(0);
    const kernelForm = compilerVersion() === undefined ? 'typescript' : 'c';
    expect(JSON.parse(done.stdout)).toMatchObject({ kernelForm, done: 100, failed: 0 });
    const rows = readFileSync(join(folder, 'runs', 'installed', 'results.csv'), 'utf8')
      .trim()
      .split('\n');
    expect(rows).toHaveLength(101);
    if (compilerVersion() === undefined) {
      recordSkip('building the C kernels of an installed package: there is no C compiler');
      return;
    }
    const native = join(cache, 'shoal', 'native');
    const libraries = readdirSync(native, { recursive: true }).filter((name) => String(name).endsWith('.so'));
    expect(libraries).toHaveLength(1);
  });

  test('runs the same study without a compiler, and says in one line that its kernel is in TypeScript', ({
    skip,
  }) => {
    skip(installed.reason !== undefined, installed.reason);
    const shoal = join(folder, 'node_modules', '.bin', 'shoal');
    const env = { CC: 'no-such-compiler', XDG_CACHE_HOME: join(folder, 'empty-cache') };
    const options = ['--ranks', '2', '--run-dir', 'plain', '--quiet', '--json'];
    const done = run(shoal, ['run', 'study.yaml', ...options], folder, env);
    expect(done.status).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ kernelForm: 'typescript', done: 100, failed: 0 });
    expect(done.stderr.split('\n').filter((line) => line.includes('TypeScript'))).toHaveLength(1);
  });
});
