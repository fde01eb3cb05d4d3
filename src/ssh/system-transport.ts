/**
 * Commands through the system's own ssh: certificates, Kerberos and whatever else a site has set up. One ssh holds the
 * connection, the others share it through its socket.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';
import { HostError, type HostFault } from '../errors/host-error.js';
import { temporaryFolder } from '../process/temporary.js';
import type { Target } from './target.js';
import type { RemoteStreams, Transport } from './transport.js';

const keepAlive = ['-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=3'];
const tailCharacters = 4096;

export class SystemTransport implements Transport {
  readonly kind = 'system';
  readonly #target: Target;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #isBatch: boolean;
  #folder: string | undefined;
  #master: ChildProcess | undefined;
  #ready: Promise<void> | undefined;

  /** `isBatch`: nobody is asked for anything. */
  constructor(target: Target, environment: NodeJS.ProcessEnv, isBatch: boolean) {
    this.#target = target;
    this.#isBatch = isBatch;
    this.#environment = environment;
  }

  async start(command: string): Promise<RemoteStreams> {
    this.#ready ??= this.#startMaster();
    await this.#ready;
    const child = spawn(
      'ssh',
      [...this.#options(), '-T', '-o', 'ControlMaster=no', '--', this.#place(), command],
      {
        env: this.#environment,
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    child.on('error', () => {});
    child.stdin.on('error', () => {});
    const closed = new Promise<{ problem: Error | undefined }>((resolve) => {
      // 255 is ssh's own code for a connection that failed; commands may end with it too, and then say so themselves.
      child.on('close', (code) =>
        resolve({
          problem: code === 255 || code === null ? new Error('the connection was lost') : undefined,
        }),
      );
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

  /** Resolves when its socket is there. It asks on the terminal by itself. */
  #startMaster(): Promise<void> {
    // Sockets have short names: a path above 104 letters is refused.
    this.#folder ??= temporaryFolder('ssh');
    const socket = this.#socket();
    // It ends with its standard input, and so with us, however that happens.
    const args = [...this.#options(), ...keepAlive, '-T', '-o', 'ControlMaster=yes', '--', this.#place()];
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
        if (!existsSync(socket) || !this.#answers()) return;
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
        rmSync(socket, { force: true });
        reject(this.#fault(said));
      });
    });
  }

  #answers(): boolean {
    const asked = spawnSync('ssh', [...this.#options(), '-O', 'check', '--', this.#place()], {
      stdio: 'ignore',
    });
    return asked.status === 0;
  }

  #fault(said: string): HostError {
    const { name } = this.#target;
    const last = said.trim().split('\n').slice(-3).join(' ') || 'ssh ended without a word';
    // Which line has another key stands before its advice.
    const place = /^Offending .* key in (.+:\d+)\s*$/m.exec(said)?.[1];
    const text = place === undefined ? last : `${place} has another key. ${last}`;
    const faults: readonly (readonly [RegExp, HostFault])[] = [
      [/host key verification failed|host identification has changed/i, 'refused key'],
      [/permission denied|too many authentication failures/i, 'not authenticated'],
    ];
    const fault = faults.find(([pattern]) => pattern.test(said))?.[1] ?? 'unreachable';
    return new HostError(name, fault, `${name}: the system's ssh says: ${text}`, {
      hint: `Check that \`ssh ${name}\` works from here.`,
    });
  }

  #options(): string[] {
    const config = this.#environment.SHOAL_SSH_CONFIG;
    const { user, port } = this.#target;
    return [
      ...(config ? ['-F', config] : []),
      ...(this.#isBatch ? ['-o', 'BatchMode=yes'] : []),
      ...(user === undefined ? [] : ['-l', user]),
      ...(port === undefined ? [] : ['-p', port]),
      ...['-o', `ControlPath=${this.#socket()}`],
    ];
  }

  #place(): string {
    return this.#target.host;
  }

  #socket(): string {
    return join(this.#folder ?? '', 's');
  }
}
