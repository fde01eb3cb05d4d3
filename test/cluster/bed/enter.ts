/** Running programs inside a host of a cluster, or in its machine room. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeOf, hostFolder, type Layout, type User, userId } from './layout.js';
import { systemPath } from './obstacle.js';

export interface ExecOptions {
  readonly user?: User;
  /** Working folder: the cluster's shared one unless named. */
  readonly cwd?: string;
  /** Beside the few variables that a login has. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for standard input. */
  readonly input?: string;
  /** After this time the program is killed, and the promise is rejected: 240 s unless given. */
  readonly timeoutMs?: number;
}

export interface Executed {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What every program of root has in its environment, on all hosts. */
export type BaseEnvironment = Readonly<Record<string, string>>;

/** Process id of a host's first process as this machine sees it, or undefined while the host is down. */
export function hostPid(layout: Layout, host: string): number | undefined {
  return livePid(layout, join(hostFolder(layout, host), 'pid'));
}

/** The same of the machine room. */
export function roomPid(layout: Layout): number | undefined {
  return livePid(layout, join(layout.folder, 'room.pid'));
}

/**
 * The command that runs a program inside a host, as a user: for `spawn`. A signal to it does not reach the program:
 * start it `detached` and signal the group.
 */
export function commandInside(
  layout: Layout,
  base: BaseEnvironment,
  host: string,
  argv: readonly string[],
  options: ExecOptions = {},
): readonly [string, ...string[]] {
  const pid = hostPid(layout, host);
  if (pid === undefined) throw new Error(`the host ${host} is down`);
  const user = options.user ?? 'root';
  const variables = {
    PATH: systemPath,
    HOME: homeOf(layout, user),
    USER: user,
    LOGNAME: user,
    SHELL: '/bin/bash',
    LANG: 'C.UTF-8',
    ...(user === 'root' ? base : {}),
    ...options.env,
  };
  const become =
    user === 'root' ? [] : ['setpriv', `--reuid=${userId}`, `--regid=${userId}`, '--init-groups', '--'];
  return [
    'nsenter',
    ...['-t', String(pid), '-m', '-u', '-i', '-n', '-p', '--'],
    ...['env', '-i', ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)],
    ...become,
    ...['/bin/bash', '-c', 'cd "$1" && shift && exec "$@"', 'host', options.cwd ?? sharedFolder(layout)],
    ...argv,
  ];
}

/** The command that runs a program in the machine room, where the switch is. */
export function commandInRoom(layout: Layout, argv: readonly string[]): readonly [string, ...string[]] {
  const pid = roomPid(layout);
  if (pid === undefined) throw new Error('the cluster is down');
  return ['nsenter', '-t', String(pid), '-m', '-n', '-p', '--', ...argv];
}

/** The folder for what users of a cluster work on, writable for all. */
export function sharedFolder({ folder }: Layout): string {
  return join(folder, 'shared');
}

/** Starts a command in a process group of its own, with the PATH of the system. */
export function start(command: readonly [string, ...string[]], options: SpawnOptions = {}): ChildProcess {
  const [program, ...args] = command;
  return spawn(program, args, { detached: true, env: { PATH: systemPath }, ...options });
}

/** Runs a command to its end. */
export function execute(
  command: readonly [string, ...string[]],
  { input, timeoutMs = 240_000 }: Pick<ExecOptions, 'input' | 'timeoutMs'> = {},
): Promise<Executed> {
  return new Promise((resolve, reject) => {
    const child = start(command, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      endGroup(child);
    }, timeoutMs);
    // A program may end without reading its input.
    child.stdin!.on('error', () => {});
    child.stdin!.end(input ?? '');
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (!isLate) return resolve({ code, signal, stdout, stderr });
      const shown = command.slice(command.indexOf('host') + 1).join(' ');
      reject(new Error(`still running after ${timeoutMs} ms: ${shown}\n${stdout}${stderr}`));
    });
  });
}

/** SIGKILL for the process group of something started here. */
export function endGroup(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** The process whose id a file has, when it is still the one that wrote it: its command line names the cluster. */
function livePid({ folder }: Layout, file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder) ? pid : undefined;
  } catch {
    return undefined;
  }
}
