/**
 * `npm run bench [-- NAME…]`: runs test/bench/NAME.bench.ts, all of them without names, and prints one JSON line a
 * figure; the first line says what machine it is. Each file exports `figures()`, an async iterable.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'test', 'bench');
const bundles = join(root, 'build', 'bench');
const all = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => basename(file, '.bench.ts'))
  .sort();
const chosen = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = chosen.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`shoal: no benchmark named ${unknown.join(', ')} (there are ${all.join(', ')})`);
  process.exit(2);
}

// Benchmarks start the program as users do, so that it must be the one of these sources.
const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], { stdio: ['ignore', 2, 2] });
if (built.status !== 0) process.exit(1);

mkdirSync(bundles, { recursive: true });
print({
  figure: 'machine',
  value: cpus().length,
  unit: 'cores',
  cpu: cpus()[0]?.model ?? '',
  node: process.version,
});
for (const name of chosen) {
  const { figures } = await import(pathToFileURL(await bundle(name)).href);
  for await (const figure of figures()) print(figure);
}

async function bundle(name) {
  const build = await rolldown({
    input: join(folder, `${name}.bench.ts`),
    cwd: root,
    platform: 'node',
    tsconfig: false,
    external: [/^node:/, 'koffi', 'rolldown', /\.node$/],
  });
  const file = join(bundles, `${name}.mjs`);
  await build.write({ file, format: 'esm', codeSplitting: false });
  await build.close();
  return file;
}

function print(figure) {
  console.log(JSON.stringify(figure));
}
