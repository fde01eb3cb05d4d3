/** Makes a runnable file of a TypeScript program: tests start real processes, and Node 20 reads JavaScript only. */
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles `program` (path from the repository's root) and gives the path of the result. */
export async function bundleProgram(program: string): Promise<string> {
  const folder = join(root, 'build', 'test-process');
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${basename(program, '.ts')}-${process.pid}.mjs`);
  const bundle = await rolldown({
    input: join(root, program),
    platform: 'node',
    external: ['koffi', 'rolldown'],
    logLevel: 'silent',
  });
  await bundle.write({ file, format: 'esm', codeSplitting: false });
  await bundle.close();
  return file;
}
