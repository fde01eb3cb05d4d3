/** How far the reader of a pipe has come, seen from the end that writes. Linux only: macOS tells readers alone. */
import koffi from 'koffi';

const fionread = 0x541b;

/** Bytes that were written to an open pipe and lie in it still; 0 where the system does not tell. */
export function unreadBytes(descriptor: number): number {
  if (process.platform !== 'linux') return 0;
  // int ioctl(int fd, unsigned long request, ...);
  const ioctl = koffi.load('libc.so.6').func('int ioctl(int fd, unsigned long request, ...)');
  const bytes = new Int32Array(1);
  const code = ioctl(descriptor, fionread, 'void *', bytes) as number;
  return code === 0 ? bytes[0]! : 0;
}
