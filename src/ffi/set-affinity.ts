/** Binding this process to cores. Linux only: macOS has no such call. */
import { readdirSync } from 'node:fs';
import koffi from 'koffi';

/** As many as the C library's own type has. */
const mostCores = 1024;

/** Binds every thread that this process has, and with them those that they start. Throws where the system refuses. */
export function bindToCores(cores: readonly number[]): void {
  if (process.platform !== 'linux') throw new Error('processes are bound to cores on Linux only');
  // int sched_setaffinity(pid_t pid, size_t cpusetsize, const cpu_set_t *mask);
  const setAffinity = koffi
    .load('libc.so.6')
    .func('int sched_setaffinity(int pid, size_t cpusetsize, const void *mask)');
  const mask = new Uint8Array(mostCores / 8);
  for (const core of cores) {
    // A little-endian machine's words of the mask are its bytes in order.
    if (core < mostCores) mask[core >> 3] = (mask[core >> 3] as number) | (1 << (core & 7));
  }
  for (const thread of readdirSync('/proc/self/task')) {
    const code = setAffinity(Number(thread), mask.byteLength, mask) as number;
    // A thread can end between the look and the call.
    if (code !== 0 && koffi.errno() !== koffi.os.errno.ESRCH) {
      throw new Error(`sched_setaffinity to ${cores.join(', ')} failed with errno ${koffi.errno()}`);
    }
  }
}
