/** The C functions behind posix-spawn.ts, by their prototypes in glibc 2.28 and newer. */
import { type Library, openLibrary, type Pointer } from '../../ffi/koffi.js';

/** The opaque structs of spawn.h: at most 336 bytes; sigset_t has 128. */
export const structBytes = 512;

/** Values that glibc has on x86-64 and arm64 alike. */
export const constants = {
  POSIX_SPAWN_SETPGROUP: 0x02,
  POSIX_SPAWN_SETSIGDEF: 0x04,
  POSIX_SPAWN_SETSIGMASK: 0x08,
  WNOHANG: 1,
  POLLIN: 1,
  F_GETFD: 1,
  F_SETFD: 2,
  FD_CLOEXEC: 1,
  /** Linux 5.3. */
  SYS_pidfd_open: 434,
} as const;

export interface SpawnLibrary {
  readonly spawn: (
    pid: Int32Array,
    path: string,
    actions: Pointer,
    attributes: Pointer,
    argv: Pointer,
    envp: Pointer,
  ) => number;
  readonly initActions: (actions: Pointer) => number;
  readonly destroyActions: (actions: Pointer) => number;
  readonly addDup2: (actions: Pointer, from: number, to: number) => number;
  readonly addOpen: (actions: Pointer, fd: number, path: string, flags: number, mode: number) => number;
  /** glibc 2.34. */
  readonly addCloseFrom: ((actions: Pointer, from: number) => number) | undefined;
  /** glibc 2.29. */
  readonly addChdir: ((actions: Pointer, path: string) => number) | undefined;
  readonly initAttributes: (attributes: Pointer) => number;
  readonly destroyAttributes: (attributes: Pointer) => number;
  readonly setFlags: (attributes: Pointer, flags: number) => number;
  readonly setGroup: (attributes: Pointer, group: number) => number;
  readonly setDefaultSignals: (attributes: Pointer, set: Pointer) => number;
  readonly setSignalMask: (attributes: Pointer, set: Pointer) => number;
  readonly emptySet: (set: Pointer) => number;
  readonly fillSet: (set: Pointer) => number;
  readonly wait4: (pid: number, status: Int32Array, options: number, usage: BigInt64Array) => number;
  readonly poll: (descriptors: Int32Array, count: number, timeoutMs: number) => number;
  readonly close: (fd: number) => number;
  readonly kill: (pid: number, signal: number) => number;
  readonly fcntl: (fd: number, command: number, value: number) => number;
  /** Of `pidfd_open`; -1 where the kernel lacks it. */
  readonly syscall: (number: number, pid: number, flags: number) => number;
}

let known: SpawnLibrary | { readonly problem: string } | undefined;

/** The library, or in one sentence why there is none here. */
export function spawnLibrary(): SpawnLibrary | { readonly problem: string } {
  known ??= open();
  return known;
}

/** Why commands are started by Node's own child processes here, in one sentence; undefined where they are not. */
export function spawnProblem(): string | undefined {
  const library = spawnLibrary();
  return 'problem' in library ? library.problem : undefined;
}

function open(): SpawnLibrary | { readonly problem: string } {
  if (process.platform !== 'linux')
    return { problem: `posix_spawn is used on Linux, this is ${process.platform}` };
  try {
    return bind(openLibrary('libc.so.6'));
  } catch (error) {
    return { problem: `glibc cannot be called: ${(error as Error).message}` };
  }
}

function bind(libc: Library): SpawnLibrary {
  const func = <F>(prototype: string): F => libc.func(prototype) as unknown as F;
  const optional = <F>(name: string, prototype: string): F | undefined =>
    libc.symbol(name) === undefined ? undefined : func<F>(prototype);
  return {
    spawn: func(
      'int posix_spawn(void *pid, const char *path, const void *file_actions, const void *attrp, const void *argv, const void *envp)',
    ),
    initActions: func('int posix_spawn_file_actions_init(void *file_actions)'),
    destroyActions: func('int posix_spawn_file_actions_destroy(void *file_actions)'),
    addDup2: func('int posix_spawn_file_actions_adddup2(void *file_actions, int fildes, int newfildes)'),
    addOpen: func(
      'int posix_spawn_file_actions_addopen(void *file_actions, int fildes, const char *path, int oflag, unsigned int mode)',
    ),
    addCloseFrom: optional(
      'posix_spawn_file_actions_addclosefrom_np',
      'int posix_spawn_file_actions_addclosefrom_np(void *file_actions, int from)',
    ),
    addChdir: optional(
      'posix_spawn_file_actions_addchdir_np',
      'int posix_spawn_file_actions_addchdir_np(void *file_actions, const char *path)',
    ),
    initAttributes: func('int posix_spawnattr_init(void *attr)'),
    destroyAttributes: func('int posix_spawnattr_destroy(void *attr)'),
    setFlags: func('int posix_spawnattr_setflags(void *attr, short flags)'),
    setGroup: func('int posix_spawnattr_setpgroup(void *attr, int pgroup)'),
    setDefaultSignals: func('int posix_spawnattr_setsigdefault(void *attr, const void *sigdefault)'),
    setSignalMask: func('int posix_spawnattr_setsigmask(void *attr, const void *sigmask)'),
    emptySet: func('int sigemptyset(void *set)'),
    fillSet: func('int sigfillset(void *set)'),
    wait4: func('int wait4(int pid, void *wstatus, int options, void *rusage)'),
    poll: func('int poll(void *fds, unsigned long nfds, int timeout)'),
    close: func('int close(int fd)'),
    kill: func('int kill(int pid, int sig)'),
    fcntl: func('int fcntl(int fd, int cmd, long arg)'),
    syscall: func('long syscall(long number, int pid, unsigned int flags)'),
  };
}
