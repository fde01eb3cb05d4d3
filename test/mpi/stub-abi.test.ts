/** The standard ABI of MPI 5 without an MPI that has it: a library of one rank that checks what it is given. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/process/install.js';
import { recordSkip } from '../skips.js';
import { bundleProgram, runAlone } from './families.js';

const folder = join(packageRoot(), 'build', 'test-mpi');
const library = join(folder, 'libmpi_abi.so.1');
const hasCompiler = spawnSync('cc', ['--version']).status === 0;
if (!hasCompiler) recordSkip('the binding to the MPI 5 ABI: no C compiler for the stub library');

function compile(file: string, ...flags: string[]): void {
  mkdirSync(folder, { recursive: true });
  const source = join(packageRoot(), 'test', 'mpi', 'programs', 'stub-abi.c');
  const args = ['-shared', '-fPIC', '-Wall', '-Wextra', '-Werror', ...flags, '-o', file, source];
  const built = spawnSync('cc', args, { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
}

describe.skipIf(!hasCompiler)('a library of the MPI 5 ABI', () => {
  it('is recognised and gets the constants of its table', async () => {
    compile(library);
    const script = await bundleProgram('stub-abi');
    const outcome = await runAlone(script, { env: { SHOAL_LIBMPI: library } });
    expect(outcome, outcome.stderr).toMatchObject({ code: 0, stdout: 'rank 0 done\n' });
  });

  it('that follows the draft, and so lacks MPI_Abi_get_version, is refused', async () => {
    const draft = join(folder, 'libmpi_abi.so.0');
    compile(draft, '-DMPI_Abi_get_version=draft_version');
    const script = await bundleProgram('stub-abi');
    const outcome = await runAlone(script, { env: { SHOAL_LIBMPI: draft } });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/libmpi_abi\.so\.0 follows a draft of the MPI ABI/);
  });
});
