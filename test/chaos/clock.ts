/** A clock on the wall that somebody sets while programs look at it: a library in front of libc's. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface ClockShim {
  readonly environment: NodeJS.ProcessEnv;
  /** Seconds by which all programs that were started with the environment are wrong from now on. */
  set(seconds: number): void;
}

const source = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *offset;

/* Launchers and shells keep the true time: only the program under test is deceived. */
__attribute__((constructor)) static void open_offset(void) {
  const char *file = getenv("SHOAL_TEST_CLOCK");
  if (!file || strcmp(program_invocation_short_name, "node") != 0) return;
  int fd = open(file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  void *page = mmap(0, sizeof *offset, PROT_READ, MAP_SHARED, fd, 0);
  close(fd);
  if (page != MAP_FAILED) offset = page;
}

int clock_gettime(clockid_t id, struct timespec *now) {
  int failed = (int)syscall(SYS_clock_gettime, id, now);
  if (!failed && offset && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) now->tv_sec += *offset;
  return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  struct timespec exact;
  if (clock_gettime(CLOCK_REALTIME, &exact)) return -1;
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *out) {
  struct timespec exact;
  if (clock_gettime(CLOCK_REALTIME, &exact)) return -1;
  if (out) *out = exact.tv_sec;
  return exact.tv_sec;
}
`;

/** Undefined where there is no C compiler. */
export function clockShim(folder: string): ClockShim | undefined {
  const [text, library, file] = ['clock.c', 'clock.so', 'clock.bin'].map((name) => join(folder, name));
  writeFileSync(text!, source);
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library!, text!, '-ldl'], {
    encoding: 'utf8',
  });
  if (built.error) return undefined;
  if (built.status !== 0) throw new Error(`the clock does not build: ${built.stderr}`);
  writeFileSync(file!, new Uint8Array(8));
  return {
    environment: { LD_PRELOAD: library!, SHOAL_TEST_CLOCK: file! },
    set: (seconds) => {
      const fd = openSync(file!, 'r+');
      writeSync(fd, new Uint8Array(BigInt64Array.of(BigInt(seconds)).buffer), 0, 8, 0);
      closeSync(fd);
    },
  };
}
