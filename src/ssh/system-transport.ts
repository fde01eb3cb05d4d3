/**
 * Commands through the system's own ssh: certificates, Kerberos and whatever else a site has set up. One ssh holds the
 * connection, the others share it through its socket. A connection that the user keeps open for that, by ControlMaster
 * of the configuration, is shared in its place: a site with two factors may have asked for it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';
import { HostError, type HostFault } from '../errors/host-error.js';
import { temporaryFolder } from '../process/temporary.js';
import { findAsker } from './ask.js';
import type { Target } from './target.js';
import type { RemoteStreams, Transport } from './transport.js';
import { takesAnswers, takesOnlyAnswers, unasked, unaskedHint } from './unasked.js';

/** It ends with us, whatever the configuration says of connections that stay. */
const own = ['ServerAliveInterval=15', 'ServerAliveCountMax=3', 'ControlMaster=yes', 'ControlPersist=no'];

/** What the configuration may have for a shell on the host would stand in the way of commands. */
const plain = ['RemoteCommand=none', 'ClearAllForwardings=yes'];
const tailCharacters = 4096;

export class SystemTransport implements Transport {
  readonly kind = 'system';
  readonly #target: Target;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #isBatch: boolean;
  #folder: string | undefined;
  #master: ChildProcess | undefined;
  #ready: Promise<void> | undefined;
  #isUsersThere = false;

  /** `isBatch`: nobody is asked for anything. */
  constructor(target: Target, environment: NodeJS.ProcessEnv, isBatch: boolean) {
    this.#target = target;
    this.#isBatch = isBatch;
    this.#environment = environment;
  }

  async start(command: string): Promise<RemoteStreams> {
    const options = this.#sharesUsers() ? this.#options() : await this.#ownConnection();
    const child = spawn('ssh', [...options, '-T', '-o', 'ControlMaster=no', '--', this.#place(), command], {
      env: this.#environment,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.on('error', () => {});
    child.stdin.on('error', () => {});
    const closed = new Promise<{ problem: Error | undefined }>((resolve) => {
      // 255 is ssh's own code for a connection that failed; commands may end with it too, and then say so themselves.
      child.on('close', (code) => {
        const isLost = code === 255 || code === null;
        if (isLost) this.#isUsersThere = false;
        resolve({ problem: isLost ? new Error('the connection was lost') : undefined });
      });
    });
    return {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      closed,
      abandon: () => child.kill('SIGKILL'),
    };
  }

  async close(): Promise<void> {
    const master = this.#master;
    this.#master = undefined;
    this.#ready = undefined;
    if (master && master.exitCode === null && master.signalCode === null) {
      const ended = new Promise((resolve) => master.once('close', resolve));
      master.kill('SIGTERM');
      await ended;
    }
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  /** Whether the user keeps a connection open; once there, it is taken to be until a command loses it. */
  #sharesUsers(): boolean {
    if (this.#master) return false;
    this.#isUsersThere ||= this.#answers(this.#options());
    return this.#isUsersThere;
  }

  /** The options of a command on our own connection, which is opened if need be. */
  async #ownConnection(): Promise<string[]> {
    this.#ready ??= this.#startMaster();
    await this.#ready;
    return this.#ownOptions();
  }

  /** Resolves when its socket is there. It asks on the terminal by itself. */
  #startMaster(): Promise<void> {
    // Sockets have short names: a path above 104 letters is refused.
    this.#folder ??= temporaryFolder('ssh');
    const socket = this.#socket();
    // It ends with its standard input, and so with us, however that happens.
    const args = [...this.#ownOptions(), ...settings(own), '-T', '--', this.#place()];
    const master = spawn('ssh', [...args, 'exec cat'], {
      env: this.#environment,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    master.stdin.on('error', () => {});
    this.#master = master;
    let said = '';
    master.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-tailCharacters);
    });
    return new Promise((resolve, reject) => {
      const look = setInterval(() => {
        if (!existsSync(socket) || !this.#answers(this.#ownOptions())) return;
        clearInterval(look);
        resolve();
      }, 20);
      master.on('error', () => {
        clearInterval(look);
        this.#ready = undefined;
        reject(
          new EnvironmentError('there is no program ssh', {
            hint: 'Install an ssh client, or leave --ssh away.',
          }),
        );
      });
      master.on('close', () => {
        clearInterval(look);
        this.#ready = undefined;
        if (this.#master === master) this.#master = undefined;
        rmSync(socket, { force: true });
        reject(this.#fault(said));
      });
    });
  }

  #answers(options: readonly string[]): boolean {
    const asked = spawnSync('ssh', [...options, '-O', 'check', '--', this.#place()], {
      env: this.#environment,
      stdio: 'ignore',
    });
    return asked.status === 0;
  }

  #fault(said: string): HostError {
    const { name } = this.#target;
    const words = said.trim().replace(/\.+$/, '');
    const last = words.split(/\r?\n/).slice(-3).join(' ') || 'ssh ended without a word';
    // Which line has another key stands before its advice.
    const place = /^Offending .* key in (.+:\d+)\s*$/m.exec(said)?.[1];
    const text = place === undefined ? last : `${place} has another key. ${last}`;
    const faults: readonly (readonly [RegExp, HostFault])[] = [
      [/host key verification failed|host identification has changed/i, 'refused key'],
      [/permission denied|too many authentication failures/i, 'not authenticated'],
    ];
    const fault = faults.find(([pattern]) => pattern.test(said))?.[1] ?? 'unreachable';
    const methods = /permission denied \((.+)\)/i.exec(said)?.[1]?.split(',') ?? [];
    const isUnasked = takesAnswers(methods) && (this.#isBatch || findAsker(this.#environment) === undefined);
    return new HostError(
      name,
      fault,
      `${name}: the system's ssh says: ${text}${isUnasked ? `; ${unasked}` : ''}`,
      {
        hint:
          isUnasked && takesOnlyAnswers(methods)
            ? unaskedHint
            : `Check that \`ssh ${name}\` works from here.`,
      },
    );
  }

  #options(): string[] {
    const config = this.#environment.SHOAL_SSH_CONFIG;
    const { user, port } = this.#target;
    return [
      ...(config ? ['-F', config] : []),
      ...(this.#isBatch ? ['-o', 'BatchMode=yes'] : []),
      ...(user === undefined ? [] : ['-l', user]),
      ...(port === undefined ? [] : ['-p', port]),
      ...settings(plain),
    ];
  }

  #ownOptions(): string[] {
    return [...this.#options(), '-o', `ControlPath=${this.#socket()}`];
  }

  #place(): string {
    return this.#target.host;
  }

  #socket(): string {
    return join(this.#folder ?? '', 's');
  }
}

function settings(list: readonly string[]): string[] {
  return list.flatMap((setting) => ['-o', setting]);
}
