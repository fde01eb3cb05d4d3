/** A real sshd of this user's on a high port, with keys, configuration and known hosts in a temporary folder. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect as tcp } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

export interface Sshd {
  readonly folder: string;
  readonly port: number;
  /** Variables under which shoal and ssh know the host as `box`. */
  readonly environment: NodeJS.ProcessEnv;
  readonly knownHosts: string;
  /** Home of the user there. */
  readonly home: string;
  /** Where it has its temporary files. */
  readonly temporary: string;
  /** The user's key, without passphrase. */
  readonly key: string;
  /** Ends the listener and, unless told otherwise, the sessions. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends the sessions and not the listener: what a cut connection looks like. */
  cut(): void;
  newHostKey(): void;
  /** More lines for the configuration that users have. */
  configure(lines: readonly string[]): void;
  close(): Promise<void>;
}

const program = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path));

/** Why no sshd can be started here; undefined where it can. */
export function sshdProblem(): string | undefined {
  if (!program) return 'there is no sshd (openssh-server)';
  if (spawnSync('ssh-keygen', ['-?']).error) return 'there is no ssh-keygen (openssh-client)';
  return undefined;
}

export async function startSshd(settings: readonly string[] = []): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-sshd-'));
  const port = await freePort();
  const file = (name: string) => join(folder, name);
  mkdirSync(file('home'));
  mkdirSync(file('tmp'));
  makeKey(file('host'));
  makeKey(file('id'));
  const publicKey = spawnSync('cat', [file('id.pub')], { encoding: 'utf8' }).stdout;
  writeFileSync(file('authorized'), publicKey);
  writeFileSync(
    file('sshd_config'),
    [
      // The first value of a setting counts.
      ...settings,
      'ListenAddress 127.0.0.1',
      `Port ${port}`,
      `HostKey ${file('host')}`,
      `PidFile ${file('pid')}`,
      // The home folder of whoever runs the tests stays as it is, and what others have in /tmp is not looked at.
      `SetEnv HOME=${file('home')} TMPDIR=${file('tmp')}`,
      `AuthorizedKeysFile ${file('authorized')}`,
      'UsePAM no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'StrictModes no',
      'MaxStartups 200',
      '',
    ].join('\n'),
  );
  // As root, sshd wants this folder for the part of it that has no privileges.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  let more: readonly string[] = [];
  const writeConfig = () =>
    writeFileSync(
      file('ssh_config'),
      [
        ...more,
        'Host box',
        '  HostName 127.0.0.1',
        `  Port ${port}`,
        `  User ${userInfo().username}`,
        'Host *',
        `  IdentityFile ${file('id')}`,
        '  IdentitiesOnly yes',
        `  UserKnownHostsFile ${file('known_hosts')}`,
        '  GlobalKnownHostsFile none',
        '',
      ].join('\n'),
    );
  writeConfig();
  let listener: ChildProcess | undefined;
  const know = () => {
    const key = spawnSync('ssh-keygen', ['-y', '-f', file('host')], { encoding: 'utf8' }).stdout.trim();
    writeFileSync(file('known_hosts'), `[127.0.0.1]:${port} ${key}\n`);
  };
  know();
  const environment: NodeJS.ProcessEnv = { ...process.env, SHOAL_SSH_CONFIG: file('ssh_config') };
  for (const name of ['SSH_AUTH_SOCK', 'SSH_ASKPASS', 'SHOAL_SSH']) delete environment[name];
  const sshd: Sshd = {
    ...{ folder, port, environment },
    knownHosts: file('known_hosts'),
    home: file('home'),
    temporary: file('tmp'),
    key: file('id'),
    start: async () => {
      listener = spawn(program as string, ['-D', '-e', '-f', file('sshd_config')], { stdio: 'ignore' });
      await untilListening(port);
    },
    stop: async () => {
      const stopping = listener;
      listener = undefined;
      if (!stopping) return;
      const ended = new Promise((resolve) => stopping.once('close', resolve));
      for (const session of childrenOf(stopping.pid as number)) killTree(session);
      stopping.kill('SIGKILL');
      await ended;
    },
    cut: () => {
      for (const session of childrenOf(listener?.pid ?? -1)) killTree(session);
    },
    newHostKey: () => {
      rmSync(file('host'));
      makeKey(file('host'));
    },
    configure: (lines) => {
      more = lines;
      writeConfig();
    },
    close: async () => {
      await sshd.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await sshd.start();
  return sshd;
}

export function makeKey(path: string, passphrase = '', type = 'ed25519'): void {
  const done = spawnSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', '', '-f', path]);
  if (done.status !== 0) throw new Error(`ssh-keygen: ${done.stderr}`);
}

/** Below those that the system gives to whoever connects: one of these may be taken again before it is used here. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

async function untilListening(port: number): Promise<void> {
  for (;;) {
    const isThere = await new Promise<boolean>((resolve) => {
      const socket = tcp(port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** sshd's own processes of a session, and not what runs in it. */
function killTree(session: number): void {
  const inner = childrenOf(session).filter((pid) => nameOf(pid).startsWith('sshd'));
  for (const pid of [...inner, session]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}

function childrenOf(pid: number): number[] {
  const found = spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  return found.stdout.split('\n').filter(Boolean).map(Number);
}

function nameOf(pid: number): string {
  return spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
}
