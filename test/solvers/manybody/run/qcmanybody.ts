/** The same input computed by QCManyBody with QCEngine, where Python has them. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { qcmanybody } from '../../../../src/solvers/manybody/peer/qcmanybody.js';
import { folder } from './folder.js';

const start = ([program = '', ...argv]: readonly string[], cwd = folder) =>
  spawnSync(program, argv, { cwd, encoding: 'utf8', timeout: 300_000 });

export function qcmanybodyIsThere(): boolean {
  return start(qcmanybody.probe.argv).status === 0;
}

/** Numbers of its properties by their names. `path`: an input in the folder of the tests. */
export async function byQcmanybody(path: string): Promise<ReadonlyMap<string, ArrayLike<number>>> {
  const own = join(folder, 'qcmanybody');
  mkdirSync(own);
  const { argv, files } = await qcmanybody.prepare(path, folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(own, name), text);
  const { status, stdout, stderr } = start(argv, own);
  if (status !== 0) throw new Error(`qcmanybody failed: ${stderr}`);
  return new Map([...qcmanybody.numbersOf(stdout)].map(({ place, values }) => [place, values]));
}
