/** How MPI ends with the process: finalized when all went well, aborted when not, so that no rank waits for ever. */
import { inspect } from 'node:util';
import { writeLastWords } from './last-words.js';

interface Environment {
  isRunning(): boolean;
  finalize(): void;
  abort(exitCode: number): never;
}

/**
 * An exit with code 0 finalizes (without it Open MPI fails the job and MPICH loses output). Any other exit, and an
 * error that nobody catches, aborts the job with the exit code: the other ranks may be waiting for this one. A
 * program that ends with another code and means no harm calls `finalize` first. Signals keep their default action.
 */
export function endWithProcess(environment: Environment): void {
  process.on('exit', (code) => {
    if (!environment.isRunning()) return;
    if (code === 0) environment.finalize();
    else environment.abort(code);
  });
  process.on('uncaughtExceptionMonitor', (error) => {
    if (!environment.isRunning() || process.listenerCount('uncaughtException') > 0) return;
    // Aborting ends the process before Node prints the error, so it is printed here.
    writeLastWords(`Uncaught ${inspect(error)}\n`);
    const { exitCode } = process;
    environment.abort(typeof exitCode === 'number' && exitCode !== 0 ? exitCode : 1);
  });
}
