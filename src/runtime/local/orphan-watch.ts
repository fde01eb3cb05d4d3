/** A worker on another host ends when its connection does, also while its kernel never looks up. */
import { Worker } from 'node:worker_threads';

const lookMs = 1_000;

/**
 * The session of sshd that started this process is its parent, and ends with the connection. The look is a thread's:
 * nothing of the main thread runs while a kernel computes.
 */
export function endWithParent(): void {
  const code = `
    const parent = ${process.ppid};
    setInterval(() => {
      if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
    }, ${lookMs});`;
  new Worker(code, { eval: true }).unref();
}
