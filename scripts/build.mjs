/**
 * `npm run build`: src/ to dist/, native/ to dist/native/. With --if-stale only when a source is younger than dist/.
 *
 *   dist/main.js       entry of every process, which loads part-*.js: command line, rank, worker, kernels of solvers
 *   dist/lazy/         packages that only exports and ssh load
 *   dist/index.js      the public API            dist/mpi.js   the MPI binding alone
 *   dist/types/        declarations of both      dist/native/  C kernels, where there is a compiler
 *   dist/THIRD-PARTY.txt   licences of the packages that were bundled in
 *
 * Each entry is a build of its own. The names of parts bear their hashes, so that main.js is another one when any of
 * them is.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { buildNative } from './native.mjs';
import { isStale, oneAtATime } from './stale.mjs';
import { thirdPartyText } from './third-party.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const fresh = join(root, 'build', `dist-${process.pid}`);
const dist = join(root, 'dist');

const entries = [
  { from: 'src/main.ts', to: 'main.js', isCommand: true },
  { from: 'src/index.ts', to: 'index.js' },
  { from: 'src/mpi/index.ts', to: 'mpi.js' },
];

/**
 * Packages that stay outside the bundle because they bring binaries of their own; and what others have compiled at their
 * installation and can do without, which is looked for at run time and not found.
 */
const external = [/^node:/, 'koffi', 'rolldown', /\.node$/];

const bundledModules = new Set();

/** Bare specifiers of dynamic imports, found while the entries are bundled. */
const lazy = new Set();
const lazyPackages = {
  name: 'lazy-packages',
  resolveId(source, _importer, { kind }) {
    if (kind !== 'dynamic-import' || !/^[a-z@]/.test(source) || source.startsWith('node:')) return null;
    if (external.includes(source)) return null;
    lazy.add(source);
    return { id: `./lazy/${lazyName(source)}.js`, external: 'relative' };
  },
};

/**
 * Native parts that packages do without: what they would load is not there, as they find it where nothing was
 * compiled.
 */
const withoutNative = {
  name: 'without-native',
  resolveId: (source) =>
    source === 'cpu-features' || source.endsWith('/sshcrypto.node') ? `\0absent:${source}` : null,
  load: (id) =>
    id.startsWith('\0absent:') ? { code: "throw new Error('not compiled');", moduleType: 'js' } : null,
};

await oneAtATime(root, async () => {
  if (!process.argv.includes('--if-stale') || isStale(root)) await build();
});

async function build() {
  const started = performance.now();
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  try {
    for (const entry of entries) await bundle(entry);
    await bundleLazy();
    declarations();
    writeFileSync(join(fresh, 'THIRD-PARTY.txt'), thirdPartyText([...bundledModules]));
    replaceDist();
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  const native = buildNative(root);
  if (native.notice) console.error(`shoal: ${native.notice}`);
  console.error(`shoal: built dist/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  process.exitCode = native.failed ? 1 : 0;
}

/**
 * A library of ours is one file, whatever it imports; the command has its parts beside it, of which what ranks and
 * workers need is one: the file system of a cluster is asked by all of them at once. Packages that are imported lazily
 * are left for bundleLazy.
 */
async function bundle({ from, to, isCommand }) {
  const parts = isCommand && partsOf({ start: 'main.ts', workers: 'main-worker.ts', ranks: 'main-rank.ts' });
  await write(
    {
      input: { [to.replace(/\.js$/, '')]: join(root, from) },
      plugins: parts ? [lazyPackages, parts.plugin] : [lazyPackages],
    },
    parts
      ? {
          dir: fresh,
          entryFileNames: '[name].js',
          chunkFileNames: 'part-[name]-[hash].js',
          codeSplitting: { groups: parts.groups },
        }
      : { file: join(fresh, to), codeSplitting: false },
  );
  if (!parts) return;
  const file = join(fresh, to);
  writeFileSync(file, `#!/usr/bin/env node\n${readFileSync(file, 'utf8')}`, { mode: 0o755 });
}

/** For each of these files a part with all that it imports, but for what is in a part before it. */
function partsOf(files) {
  const modules = new Map();
  return {
    plugin: {
      name: 'parts',
      buildEnd() {
        const visit = (id, part) => {
          const found = this.getModuleInfo(id);
          // Packages that stay outside are no modules.
          if (modules.has(id) || !found?.code) return;
          modules.set(id, part);
          for (const imported of found.importedIds) visit(imported, part);
        };
        for (const [part, file] of Object.entries(files)) visit(join(root, 'src', file), part);
      },
    },
    groups: Object.keys(files).map((name) => ({
      name,
      // The entry stays by itself: it waits for other parts, which must not wait for it.
      test: (id) => modules.get(id) === name && id !== join(root, 'src', 'main.ts'),
    })),
  };
}

/** The packages that exports alone need, each entry of theirs a file; what these share goes to further ones. */
async function bundleLazy() {
  await write(
    {
      input: Object.fromEntries([...lazy].map((source) => [lazyName(source), source])),
      plugins: [withoutNative],
      transform: { define: { __dirname: 'import.meta.dirname' } },
    },
    { dir: join(fresh, 'lazy'), entryFileNames: '[name].js', chunkFileNames: 'shared-[hash].js' },
  );
}

async function write(input, output) {
  const build = await rolldown({
    cwd: root,
    platform: 'node',
    external,
    tsconfig: false,
    onLog(level, log, report) {
      // An import that cannot be found would otherwise stay in the bundle and fail at the user's.
      if (log.code === 'UNRESOLVED_IMPORT') report('error', log);
      else report(level, log);
    },
    ...input,
  });
  const written = await build.write({ format: 'esm', ...output });
  await build.close();
  for (const chunk of written.output) for (const id of chunk.moduleIds ?? []) bundledModules.add(id);
}

function lazyName(source) {
  return source.replace(/\.js$/, '').replaceAll(/[^\w-]+/g, '-');
}

function declarations() {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const done = spawnSync(
    process.execPath,
    [tsc, '-p', join(root, 'scripts', 'tsconfig.types.json'), '--outDir', join(fresh, 'types')],
    { cwd: root, encoding: 'utf8' },
  );
  if (done.status !== 0) {
    console.error(done.stdout + done.stderr);
    throw new Error('the declarations could not be made: see the lines of tsc above');
  }
}

/** Puts the new dist in place of the old in one step, with the C kernels of the old one, which make updates. */
function replaceDist() {
  const native = join(dist, 'native');
  if (existsSync(native))
    cpSync(native, join(fresh, 'native'), { recursive: true, preserveTimestamps: true });
  const old = `${fresh}-old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
}
