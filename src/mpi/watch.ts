/**
 * Ends a process that its launcher does not end, in jobs that survive the loss of ranks: there Open MPI's launcher tells
 * nobody of a rank that dies before MPI has started, for which the others wait for ever, and where a rank aborts the
 * job it leaves without ending the others.
 */
import { Worker } from 'node:worker_threads';
import { exitProcessSource } from '../ffi/koffi.js';

/** Thousands of ranks on a busy file system need a minute to start. */
const startLimitSeconds = 180;

/** Found out and gone well before anyone looks. */
const lookMs = 500;

/** The main thread may be inside a call of MPI or of a kernel, and hears nothing then. */
const program = () => `
const { writeSync } = require('node:fs');
${exitProcessSource()}
const { parentPort, workerData: { seconds, launcher } } = require('node:worker_threads');
const limit = setTimeout(() => {
  writeSync(2, 'MPI has not started within ' + seconds + ' s: a rank has died, or does not come up' +
    ' (SHOAL_MPI_START_LIMIT sets the limit in seconds)\\n');
  exitProcess(2);
}, seconds * 1000);
parentPort.once('message', () => clearTimeout(limit));
setInterval(() => {
  if (process.ppid !== launcher) exitProcess(2);
}, ${lookMs});
`;

/** From here on this process lives as long as its parent, the launcher. The function returned says that MPI has started. */
export function watchLauncher(): () => void {
  const given = Number(process.env.SHOAL_MPI_START_LIMIT);
  const seconds = given > 0 ? given : startLimitSeconds;
  const worker = new Worker(program(), { eval: true, workerData: { seconds, launcher: process.ppid } });
  worker.unref();
  return () => worker.postMessage('started');
}
