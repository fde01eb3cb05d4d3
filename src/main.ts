/** Entry of every process: the command line, a rank of an MPI job, or a local worker. Alone ends the process. */
import { basename, relative } from 'node:path';
import { isMainThread, workerData } from 'node:worker_threads';
import { isForAllRanks, runCommandLine } from './cli/index.js';
import { EnvironmentError } from './errors/environment-error.js';
import { abort, findLauncher, world } from './mpi/index.js';
import { decodeSettings } from './process/worker-settings.js';
import type { Place } from './runtime/api.js';
import { serveStdio } from './runtime/local/serve-stdio.js';
import { serveMpi } from './runtime/mpi/serve-mpi.js';
import { runWatchdog, type WatchdogOrders } from './runtime/mpi/watchdog-thread.js';
import { dismissRanks, type MpiJob } from './runtime/ranks.js';
import { run } from './runtime/run.js';
import { solverRuns, solvers, tools } from './solvers/index.js';

async function main(argv: readonly string[]): Promise<number> {
  // A thread of a rank, in the same program.
  if (!isMainThread) return runWatchdog(workerData as WatchdogOrders);
  return start(argv);
}

async function start(argv: readonly string[]): Promise<number> {
  const [command, settings = ''] = argv;
  if (command === 'worker-stdio') return serveStdio(decodeSettings(settings), solvers);
  const launcher = isForAllRanks(argv, solverRuns) ? findLauncher() : undefined;
  if (!launcher) return commandLine(argv, { kind: 'alone' });
  if (world.rank > 0) return serveMpi(solvers);
  return commandLine(argv, { kind: 'rank', rank: 0, size: world.size, launcher: launcher.name });
}

async function commandLine(argv: readonly string[], place: Place): Promise<number> {
  const job: MpiJob | undefined = place.kind === 'rank' ? { isTaken: false, isAbandoned: false } : undefined;
  const code = await runCommandLine(argv, {
    // Opened by whoever reads it: a stream that is never read must not hold the process.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    keyboard: () => process.stdin,
    environment: process.env,
    cwd: process.cwd(),
    program: programName(),
    self: [process.execPath, process.argv[1] ?? ''],
    solvers,
    tools,
    solverRuns,
    place,
    run: (request) => run(request, { solvers, ...(job ? { job } : {}) }),
  });
  // Whatever was refused before the ranks were needed: they wait for a word.
  if (job && !job.isTaken) await dismissRanks(job, 'rank 0 has refused the command');
  if (job?.isAbandoned) abort(code);
  return code;
}

/** `shoal` when it is called as an installed command, else as it was typed. */
function programName(): string {
  const entry = process.argv[1] ?? '';
  if (basename(entry) === 'shoal') return 'shoal';
  const short = relative(process.cwd(), entry);
  return `node ${short.startsWith('..') ? entry : short}`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    error instanceof EnvironmentError ? `shoal: ${error.message}\n` : `${(error as Error).stack ?? error}\n`,
  );
  process.exitCode = error instanceof EnvironmentError ? 2 : 1;
}
process.exit();
