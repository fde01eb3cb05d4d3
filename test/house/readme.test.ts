import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allocateColumns } from '../../src/codec/columns.js';
import { bundleModule } from '../../src/kernels/bundle.js';
import { compileKernel, compilerVersion } from '../../src/kernels/compile.js';
import { moduleKernel } from '../../src/kernels/module.js';
import { batchRunner } from '../../src/kernels/run-batch.js';
import { findMpi } from '../../src/mpi/index.js';
import { packageRoot } from '../../src/process/install.js';
import { tem1d } from '../../src/solvers/tem1d/index.js';
import { loadStudy } from '../../src/study/load.js';
import { contextOf } from '../kernels/context.js';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import { filesUnder, textOf } from './files.js';

const readme = textOf('README.md');

/** The one code block of a language, of those that hold `part`. */
function block(language: string, part = ''): string {
  const found = [...readme.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))]
    .map((match) => match[1] as string)
    .filter((text) => text.includes(part));
  expect(found).toHaveLength(1);
  return found[0] as string;
}

/** A program inside the package, which may import it by its own name. */
function written(name: string, text: string): string {
  const inside = join(packageRoot(), 'build', 'readme');
  mkdirSync(inside, { recursive: true });
  writeFileSync(join(inside, name), text);
  return join(inside, name);
}

describe('what the README shows works', () => {
  let folder: string;

  beforeAll(() => {
    program();
    folder = mkdtempSync(join(tmpdir(), 'shoal-readme-'));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('the study', async () => {
    const path = join(folder, 'study.yaml');
    writeFileSync(path, block('yaml'));
    const study = await loadStudy(path, { solvers: [tem1d], bundle: bundleModule });
    expect(study.cases.count).toBe(100_000);
  });

  test('the studies of the pages behind it', async () => {
    const pages = ['docs/study.md', 'docs/tem1d.md'].map(textOf);
    const [table] = pages.flatMap((page) => [...page.matchAll(/^```csv\n([\s\S]*?)^```/gm)]);
    writeFileSync(join(folder, 'wells.csv'), table?.[1] ?? '');
    const studies = pages.flatMap((page) => [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)]);
    const counts = studies.map(async ([, text = ''], i) => {
      const path = join(folder, `page-${i}.yaml`);
      writeFileSync(path, text);
      return (await loadStudy(path, { solvers: [tem1d], bundle: bundleModule })).cases.count;
    });
    expect(await Promise.all(counts)).toEqual([6, 3]);
  });

  test('the kernel in TypeScript', async () => {
    const path = join(folder, 'kernel.ts');
    writeFileSync(path, block('ts'));
    const kernel = await moduleKernel({ path, ...(await bundleModule(path)) }, {}, undefined);
    const out = allocateColumns(kernel.outputs, 1);
    const columns = { length: Float64Array.of(1), amplitude: Float64Array.of(0) };
    expect(await batchRunner(kernel)(1, columns, out, contextOf())).toBeUndefined();
    expect(out.period?.[0]).toBeCloseTo(2.00641, 5);
  });

  test('the kernel in C', ({ skip }) => {
    skip(compilerVersion() === undefined, 'there is no C compiler');
    expect(compileKernel(block('c'), 'README.md')).toMatch(/\.so$/);
  });

  test('the MPI program', ({ skip }) => {
    const isMissing = findMpi().choice === undefined;
    if (isMissing) recordSkip('the MPI program of the README: there is no MPI library');
    skip(isMissing, 'there is no MPI library');
    const done = spawnSync(process.execPath, [written('sum.mjs', block('js', 'shoal/mpi'))], {
      encoding: 'utf8',
    });
    expect(done).toMatchObject({ status: 0, stdout: 'the sum over 1 ranks is 1\n' });
  });

  test('the program that runs a study', () => {
    const path = written('run.mjs', block('js', "from 'shoal'"));
    const study =
      'name: s\nsolver: tem1d\nsettings: { times: [1e-4] }\nparameters: { resistivities: { values: [[10]] } }\n';
    writeFileSync(join(folder, 'study.yaml'), study);
    const done = spawnSync(process.execPath, [path], { cwd: folder, encoding: 'utf8' });
    expect(done.stdout).toMatch(/^0 \{/);
    expect(done.status).toBe(0);
  });

  test('every command of its table, and no other, is in the help', () => {
    const help = shoal(['--help'], { cwd: folder }).stdout;
    const inHelp = [...help.matchAll(/^ {2}([a-z]+(?: [a-z]+)?)(?: [A-Z]|\s{2})/gm)].map((match) => match[1]);
    const inReadme = [...readme.matchAll(/^\| `([a-z]+(?: [a-z]+)?)[^|]*` \|/gm)].map((match) => match[1]);
    expect(inReadme.sort()).toEqual(inHelp.sort());
  });
});

test('every file and folder that src/README.md names exists', () => {
  const map = textOf('src/README.md');
  const named = [...map.matchAll(/`([a-z][\w-]*(?:\/[\w-]+)*(?:\.ts|\/))`/g)].map(
    (match) => match[1] as string,
  );
  const files = filesUnder('src');
  expect(named.length).toBeGreaterThan(30);
  // Inside the row of a folder its files are named without it.
  const missing = named.filter((name) => !files.some((file) => `/${file}`.includes(`/${name}`)));
  expect(missing).toEqual([]);
});
