/**
 * Commands through posix_spawn. Node's own child processes are forked, which copies the page tables of this process:
 * with a gigabyte in memory that is fifteen times as slow, while posix_spawn does not care.
 */
import { constants as files, readdirSync } from 'node:fs';
import { constants as os } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { CStrings } from './c-strings.js';
import type { Command, CommandEnd, CommandStarter, StartedCommand, StarterOptions } from './command.js';
import { ProgramFinder } from './find-program.js';
import { constants, type SpawnLibrary, spawnLibrary, structBytes } from './posix-spawn-library.js';

/** A starter over posix_spawn; undefined where that cannot be called. */
export function posixStarter(options: StarterOptions): CommandStarter | undefined {
  const library = spawnLibrary();
  return 'problem' in library ? undefined : new PosixStarter(library, options);
}

const shell = '/bin/sh';

const openFlags = {
  read: files.O_RDONLY,
  write: files.O_WRONLY | files.O_CREAT | files.O_TRUNC,
  append: files.O_WRONLY | files.O_CREAT | files.O_APPEND,
} as const;

/** For a glibc that cannot change the folder between fork and exec. */
const changeFolder = 'cd "$1" && shift && exec "$@"';

class PosixStarter implements CommandStarter {
  readonly canRunLists = true;
  readonly environment: Readonly<Record<string, string>>;
  readonly #library: SpawnLibrary;
  readonly #options: StarterOptions;
  readonly #programs: ProgramFinder;
  readonly #argv = new CStrings();
  /** By the names, in lines, of what it leaves out of the starter's environment because a command sets it itself. */
  readonly #environments = new Map<string, CStrings>();
  readonly #attributes: Uint8Array;
  /** The group that the attributes name: 0 for one of its own. */
  #group = 0;
  readonly #pid = new Int32Array(1);
  /** File actions of the last command, kept for as long as the next ones want the same. */
  #actions: (Pick<Command, 'stdin' | 'cwd' | 'redirections'> & { readonly bytes: Uint8Array }) | undefined;
  #isClosed = false;

  constructor(library: SpawnLibrary, options: StarterOptions) {
    this.#library = library;
    this.#options = options;
    this.environment = options.environment;
    this.#programs = new ProgramFinder(options.environment.PATH);
    this.#attributes = attributesOf(library);
    if (!library.addCloseFrom) closeOnExec(library);
  }

  start(command: Command): StartedCommand {
    if (this.#isClosed) throw new Error('the starter is closed');
    const [program = '', ...rest] = command.argv;
    const path = this.#programs.find(program, command.cwd, command.variables.PATH);
    if (path === undefined) return new Unstartable('ENOENT');
    this.#join(command.group ?? 0);
    let code = this.#spawn(command, path, command.argv);
    // The last of the group has ended meanwhile.
    if (code === os.errno.EPERM && this.#group > 0) {
      this.#join(0);
      code = this.#spawn(command, path, command.argv);
    }
    // A script without a first line that names its interpreter is the shell's, as in a shell.
    if (code === os.errno.ENOEXEC) code = this.#spawn(command, shell, [shell, path, ...rest]);
    const pid = this.#pid[0] as number;
    if (code === 0) return new PosixCommand(this.#library, pid, this.#group || pid);
    this.#programs.forget(program);
    return new Unstartable(getSystemErrorName(-code));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#dropActions();
    this.#library.destroyAttributes(this.#attributes);
  }

  #join(group: number): void {
    if (group !== this.#group) this.#library.setGroup(this.#attributes, group);
    this.#group = group;
  }

  #spawn({ cwd, stdin, redirections, variables }: Command, path: string, argv: readonly string[]): number {
    const { spawn, addChdir } = this.#library;
    const isWrapped = addChdir === undefined && cwd !== process.cwd();
    const words = isWrapped ? [shell, '-c', changeFolder, shell, cwd, path, ...argv.slice(1)] : argv;
    return spawn(
      this.#pid,
      isWrapped ? shell : path,
      this.#actionsFor({ stdin, cwd, ...(redirections && { redirections }) }),
      this.#attributes,
      this.#argv.set(words),
      this.#environmentWith(variables),
    );
  }

  /** Each name once: of two, programs take the first and shells the last. */
  #environmentWith(variables: Readonly<Record<string, string>>): BigUint64Array {
    const { environment } = this.#options;
    const key = Object.keys(variables)
      .filter((name) => Object.hasOwn(environment, name))
      .join('\n');
    const known = this.#environments.get(key);
    if (known) return known.set(pairs(variables));
    const rest = Object.entries(environment).filter(([name]) => !Object.hasOwn(variables, name));
    const made = new CStrings(pairs(Object.fromEntries(rest)));
    this.#environments.set(key, made);
    return made.set(pairs(variables));
  }

  #actionsFor(wanted: Pick<Command, 'stdin' | 'cwd' | 'redirections'>): Uint8Array {
    const { stdin, cwd, redirections } = wanted;
    const last = this.#actions;
    if (last?.stdin === stdin && last.cwd === cwd && last.redirections === redirections) return last.bytes;
    this.#dropActions();
    const { initActions, addOpen, addDup2, addCloseFrom, addChdir } = this.#library;
    const { stdout, stderr } = this.#options;
    const bytes = new Uint8Array(structBytes);
    initActions(bytes);
    addOpen(bytes, 0, stdin, files.O_RDONLY, 0);
    addDup2(bytes, stdout, 1);
    addDup2(bytes, stderr, 2);
    for (const redirection of redirections ?? []) {
      if (redirection.kind === 'copy') addDup2(bytes, redirection.from, redirection.stream);
      else addOpen(bytes, redirection.stream, redirection.path, openFlags[redirection.mode], 0o666);
    }
    // MPI libraries leave descriptors open that are none of the command's business.
    addCloseFrom?.(bytes, 3);
    addChdir?.(bytes, cwd);
    this.#actions = { ...wanted, bytes };
    return bytes;
  }

  #dropActions(): void {
    if (this.#actions) this.#library.destroyActions(this.#actions.bytes);
    this.#actions = undefined;
  }
}

/** A process group of its own, no signal blocked, and none ignored: Node ignores SIGPIPE, which `yes | head` needs. */
function attributesOf(library: SpawnLibrary): Uint8Array {
  const attributes = new Uint8Array(structBytes);
  const signals = new Uint8Array(structBytes);
  library.initAttributes(attributes);
  const { POSIX_SPAWN_SETPGROUP, POSIX_SPAWN_SETSIGDEF, POSIX_SPAWN_SETSIGMASK } = constants;
  library.setFlags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  library.setGroup(attributes, 0);
  library.fillSet(signals);
  library.setDefaultSignals(attributes, signals);
  library.emptySet(signals);
  library.setSignalMask(attributes, signals);
  return attributes;
}

/** For a glibc that cannot close descriptors between fork and exec: what is open now closes itself. */
function closeOnExec({ fcntl }: SpawnLibrary): void {
  const { F_GETFD, F_SETFD, FD_CLOEXEC } = constants;
  for (const fd of readdirSync('/proc/self/fd').map(Number)) {
    const flags = fcntl(fd, F_GETFD, 0);
    if (fd > 2 && flags >= 0) fcntl(fd, F_SETFD, flags | FD_CLOEXEC);
  }
}

function pairs(variables: Readonly<Record<string, string>>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}

/** A signal can be lost to another handler in this process, so that the end is looked for now and then. */
const lookMs = 1_000;

const signalNames = new Map<number, string>(
  Object.entries(os.signals).map(([name, number]) => [number, name]),
);

class PosixCommand implements StartedCommand {
  readonly group: number;
  readonly #pid: number;
  readonly #library: SpawnLibrary;
  #end: CommandEnd | undefined;

  constructor(library: SpawnLibrary, pid: number, group: number) {
    this.#library = library;
    this.#pid = pid;
    this.group = group;
  }

  tryWait(ms: number): CommandEnd | undefined {
    const { syscall, poll, close } = this.#library;
    const descriptor = syscall(constants.SYS_pidfd_open, this.#pid, 0);
    if (descriptor < 0) return this.#reap();
    waited[0] = descriptor;
    waited[1] = constants.POLLIN;
    poll(waited, 1, ms);
    close(descriptor);
    return this.#reap();
  }

  ended(): Promise<CommandEnd> {
    return new Promise((resolve) => {
      const look = (): void => {
        const end = this.#reap();
        if (!end) return;
        process.off('SIGCHLD', look);
        clearInterval(timer);
        resolve(end);
      };
      process.on('SIGCHLD', look);
      const timer = setInterval(look, lookMs);
      look();
    });
  }

  signal(signal: 'SIGTERM' | 'SIGKILL' | 0): boolean {
    return this.#library.kill(-this.group, signal === 0 ? 0 : os.signals[signal]) === 0;
  }

  /** Takes the exit status if there is one. No other handler of this process may wait for this child. */
  #reap(): CommandEnd | undefined {
    if (this.#end) return this.#end;
    const { wait4 } = this.#library;
    const waited = wait4(this.#pid, status, constants.WNOHANG, usage);
    if (waited === 0) return undefined;
    if (waited < 0) throw new Error(`process ${this.#pid} is no child of this process any more`);
    this.#end = endOf(status[0] as number);
    return this.#end;
  }
}

/** Shared by all commands of the process: each is read before anything else can happen. */
const status = new Int32Array(1);
const usage = new BigInt64Array(18);
const waited = new Int32Array(2);

/** By the layout of a wait status, and of the two times that `struct rusage` begins with. */
function endOf(status: number): CommandEnd {
  const [seconds = 0, micros = 0, systemSeconds = 0, systemMicros = 0] = Array.from(
    usage.subarray(0, 4),
    Number,
  );
  const cpuSeconds = seconds + systemSeconds + (micros + systemMicros) / 1e6;
  const signal = status & 0x7f;
  if (signal === 0) return { kind: 'exited', code: (status >> 8) & 0xff, cpuSeconds };
  return { kind: 'signalled', signal: signalNames.get(signal) ?? `signal ${signal}`, cpuSeconds };
}

class Unstartable implements StartedCommand {
  readonly group = 0;
  readonly #end: CommandEnd;

  constructor(error: string) {
    this.#end = { kind: 'unstartable', error };
  }

  tryWait(): CommandEnd {
    return this.#end;
  }

  async ended(): Promise<CommandEnd> {
    return this.#end;
  }

  signal(): boolean {
    return false;
  }
}
