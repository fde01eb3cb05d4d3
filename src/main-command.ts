/** The command line of a process that is alone, or rank 0 of an MPI job. */
import { basename, relative } from 'node:path';
import { runCommandLine } from './cli/index.js';
import type { Place } from './runtime/api.js';
import type { MpiJob } from './runtime/ranks.js';
import { domains, solvers } from './solvers/index.js';

/** Resolves with the exit code. `launcher` started this process as a rank, of so many. */
export async function commandLine(
  argv: readonly string[],
  launcher?: { readonly name: string; readonly size: number },
): Promise<number> {
  const place: Place = launcher
    ? { kind: 'rank', rank: 0, size: launcher.size, launcher: launcher.name }
    : { kind: 'alone' };
  const job: MpiJob | undefined = place.kind === 'rank' ? { isTaken: false, isAbandoned: false } : undefined;
  const code = await runCommandLine(argv, {
    stdin: () => process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    keyboard: () => process.stdin,
    environment: process.env,
    cwd: process.cwd(),
    program: programName(),
    self: [process.execPath, process.argv[1] ?? ''],
    solvers,
    domains,
    place,
    run: async (request) => {
      const { run } = await import('./runtime/run.js');
      return run(request, { solvers, ...(job ? { job } : {}) });
    },
  });
  // Whatever was refused before the ranks were needed: they wait for a word.
  if (job && !job.isTaken) {
    const { dismissRanks } = await import('./runtime/ranks.js');
    await dismissRanks(job, 'rank 0 has refused the command');
  }
  if (job?.isAbandoned) (await import('./mpi/index.js')).abort(code);
  return code;
}

/** `shoal` when it is called as an installed command, else as it was typed. */
function programName(): string {
  const entry = process.argv[1] ?? '';
  if (basename(entry) === 'shoal') return 'shoal';
  const short = relative(process.cwd(), entry);
  return `node ${short.startsWith('..') ? entry : short}`;
}
