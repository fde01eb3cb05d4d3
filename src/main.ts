/**
 * Entry of every process: the command line, a rank of an MPI job, a local worker, who holds connections for these, or a
 * thread of a rank. Each loads its
 * own parts alone, since what a process parses and evaluates is most of the time that it takes to start. Alone ends the
 * process.
 */
import { isMainThread, workerData } from 'node:worker_threads';
import { isForAllRanks } from './cli/for-all-ranks.js';
import { EnvironmentError } from './errors/environment-error.js';
import { findLauncher } from './mpi/launcher.js';

async function main(argv: readonly string[]): Promise<number> {
  if (!isMainThread) {
    const { runWatchdog } = await import('./runtime/mpi/watchdog-thread.js');
    return runWatchdog(workerData);
  }
  const [command, settings = ''] = argv;
  if (command === 'worker-stdio') {
    const { serveParent } = await import('./main-worker.js');
    return serveParent(settings);
  }
  if (command === 'hold-connections') {
    const { holdConnections } = await import('./ssh/shared/holder.js');
    return holdConnections(settings, Number(argv[2]));
  }
  const launcher = isForAllRanks(argv) ? findLauncher() : undefined;
  if (!launcher) return (await import('./main-command.js')).commandLine(argv);
  const { world, serveJob } = await import('./main-rank.js');
  if (world.rank > 0) return serveJob();
  const { commandLine } = await import('./main-command.js');
  return commandLine(argv, { name: launcher.name, size: world.size });
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
