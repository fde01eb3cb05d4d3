/** Where processes put what is needed for a moment: the fastest local disk that the site or the user names. */
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { temporaryName } from './temporary.js';

/** SHOAL_SCRATCH, the job's own disk under Slurm, then the usual place. Relative paths would be another folder in each process. */
export function scratchBase(environment: NodeJS.ProcessEnv = process.env): string {
  for (const name of ['SHOAL_SCRATCH', 'SLURM_TMPDIR']) {
    const path = environment[name];
    if (path !== undefined && isAbsolute(path)) return path;
  }
  return tmpdir();
}

/** A name that no other process has; nothing is made yet. */
export function scratchFolder(worker: number, base = scratchBase()): string {
  return join(base, temporaryName(`scratch${worker}`));
}
