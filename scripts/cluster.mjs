/** `npm run cluster -- up 3`: keeps a test cluster up for trying things; test/cluster/README.md says more. */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
// A file of its own for each process: another one may be reading it.
const file = join(root, 'build', 'cluster', `${process.pid}.mjs`);
const build = await rolldown({
  input: join(root, 'test', 'cluster', 'bed', 'command.ts'),
  cwd: root,
  platform: 'node',
  tsconfig: false,
  external: [/^node:/],
});
await build.write({ file, format: 'esm', codeSplitting: false });
await build.close();
const { clusterCommand } = await import(pathToFileURL(file).href);
rmSync(file, { force: true });
try {
  process.exitCode = await clusterCommand(process.argv.slice(2));
} catch (error) {
  console.error(`cluster: ${error.message}`);
  process.exitCode = 2;
}
