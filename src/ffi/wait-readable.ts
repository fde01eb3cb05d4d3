/** Waiting for a descriptor on this very thread, without the event loop. */
import koffi from 'koffi';

const libc = process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6';

/** The same on Linux and macOS. */
const POLLIN = 1;

/** The function waits at most `ms`, a whole number; false when there is nothing to read then, and at the end. */
export function readableWait(descriptor: number): (ms: number) => boolean {
  const poll = koffi.load(libc).func('int poll(void *fds, unsigned long nfds, int timeout)');
  // struct pollfd { int fd; short events; short revents; }
  const waited = new Int32Array([descriptor, POLLIN]);
  const shorts = new Int16Array(waited.buffer);
  return (ms) => poll(waited, 1, ms) === 1 && (shorts[3] as number) === POLLIN;
}
