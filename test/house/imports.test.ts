import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder, importsOf, textOf } from './files.js';

/** From the bottom up: a folder may import from its own layer and from those before it. */
const layers = [
  ['ffi', 'codec', 'log', 'errors'],
  ['mpi', 'ssh', 'process'],
  ['schedule', 'messages', 'study'],
  ['coordinator', 'worker', 'simulate', 'store', 'kernels'],
  ['launch', 'runtime', 'observe', 'results'],
  ['cli'],
  ['api'],
];

/** What a solver may know of the rest. */
const solverMayImport = ['study', 'kernels', 'codec', 'ffi', 'errors', 'solvers'];

/** Files that bring everything together. */
const entries = [
  'src/main.ts',
  'src/main-command.ts',
  'src/main-rank.ts',
  'src/main-worker.ts',
  'src/entry-points.ts',
];

/** Packages that one folder alone talks to. */
const homes = { koffi: 'ffi', pino: 'log', 'yargs-parser': 'cli', ssh2: 'ssh' } as const;

const sources = filesUnder('src')
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({ path, folder: path.split('/')[1] as string, imports: importsOf(textOf(path)) }));

function folderOf(path: string, specifier: string): string {
  return posix.join(posix.dirname(path), specifier).split('/')[1] as string;
}

function layerOf(folder: string): number {
  return layers.findIndex((layer) => layer.includes(folder));
}

const relativeImports = sources.flatMap(({ path, folder, imports }) =>
  imports
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map((line) => ({ ...line, path, folder, target: folderOf(path, line.specifier) })),
);

describe('the reader of import lines', () => {
  test('sees static, dynamic, bare and type-only imports, and none in comments', () => {
    const text = `/** import x from './no.js'; */
import type { A } from './a.js';
import { b,
  c } from './b.js';
import './c.js';
export { d } from './d.js';
export type { E } from './e.js';
// import f from './f.js';
const g = await import('./g.js');
let h: import('./h.js').H;
`;
    expect(importsOf(text)).toEqual([
      { specifier: './a.js', isTypeOnly: true },
      { specifier: './b.js', isTypeOnly: false },
      { specifier: './c.js', isTypeOnly: false },
      { specifier: './d.js', isTypeOnly: false },
      { specifier: './e.js', isTypeOnly: true },
      { specifier: './g.js', isTypeOnly: false },
      { specifier: './h.js', isTypeOnly: true },
    ]);
  });
});

describe('imports point one way', () => {
  test('every folder of src has its layer', () => {
    const folders = new Set(
      sources.filter(({ path }) => path.split('/').length > 2).map(({ folder }) => folder),
    );
    const unknown = [...folders].filter((folder) => folder !== 'solvers' && layerOf(folder) === -1);
    expect(unknown).toEqual([]);
  });

  test('no folder imports from a layer above its own, types apart', () => {
    const wrong = relativeImports
      .filter(
        ({ path, folder, isTypeOnly }) => path.split('/').length > 2 && folder !== 'solvers' && !isTypeOnly,
      )
      .filter(({ folder, target }) => layerOf(target) > layerOf(folder))
      .map(({ path, specifier }) => `${path} → ${specifier}`);
    expect(wrong).toEqual([]);
  });

  test('folders of one layer do not import each other in a circle', () => {
    const edges = new Map<string, Set<string>>();
    for (const { folder, target, isTypeOnly } of relativeImports) {
      if (isTypeOnly || folder === target || layerOf(folder) === -1) continue;
      edges.set(folder, (edges.get(folder) ?? new Set()).add(target));
    }
    const circles: string[] = [];
    const walk = (folder: string, trail: readonly string[]): void => {
      if (trail.includes(folder)) {
        circles.push([...trail.slice(trail.indexOf(folder)), folder].join(' → '));
        return;
      }
      for (const next of edges.get(folder) ?? []) walk(next, [...trail, folder]);
    };
    for (const folder of edges.keys()) walk(folder, []);
    expect(circles).toEqual([]);
  });

  test('solvers know the study and kernels, and the two entries alone know the solvers', () => {
    const wrong = relativeImports
      .filter(({ path, folder, target }) =>
        folder === 'solvers'
          ? !solverMayImport.includes(target)
          : target === 'solvers' && !entries.includes(path),
      )
      .map(({ path, specifier }) => `${path} → ${specifier}`);
    expect(wrong).toEqual([]);
  });

  test('coordinator and schedule are pure: they import nothing of Node, no package, no transport', () => {
    const pure = ['coordinator', 'schedule'];
    const allowed = [...pure, 'messages', 'codec', 'errors', 'study'];
    const wrong = sources
      .filter(({ folder }) => pure.includes(folder))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ isTypeOnly }) => !isTypeOnly)
          .filter(
            ({ specifier }) => !specifier.startsWith('.') || !allowed.includes(folderOf(path, specifier)),
          )
          .map(({ specifier }) => `${path} → ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe('packages have one home', () => {
  test.each(Object.entries(homes))('%s is imported in src/%s alone', (name, home) => {
    const wrong = sources
      .filter(({ folder }) => folder !== home)
      .filter(({ imports }) =>
        imports.some(({ specifier }) => specifier === name || specifier.startsWith(`${name}/`)),
      )
      .map(({ path }) => path);
    expect(wrong).toEqual([]);
  });
});

test('relative imports name the file that will exist, with .js', () => {
  const wrong = [...filesUnder('src'), ...filesUnder('test')]
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) =>
      importsOf(textOf(path))
        .filter(({ specifier }) => specifier.startsWith('.') && !/\.(?:js|mjs|json)$/.test(specifier))
        .map(({ specifier }) => `${path} → ${specifier}`),
    );
  expect(wrong).toEqual([]);
});
