/** Commands over connections that the workers of a node share, by way of the process that holds them. */
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { HostError } from '../../errors/host-error.js';
import { shareTransport, type TransportKind, transportKind } from '../pool.js';
import type { RemoteStreams, Transport } from '../transport.js';
import { decodeFault } from './fault-text.js';
import { findHolder, meetingFolder } from './find-holder.js';
import { FrameReader } from './frames.js';
import type { CommandRequest } from './holder.js';

/** Holders that are killed one after the other while a command is being started. */
const mostAttempts = 4;

interface Presence {
  readonly socket: Socket;
  readonly path: string;
}

export class HeldTransport implements Transport {
  readonly kind: TransportKind;
  readonly #host: string;
  readonly #folder: string;
  readonly #environment: NodeJS.ProcessEnv;
  /** A socket that keeps the holder there between commands. */
  #presence: Promise<Presence> | undefined;
  #isClosed = false;

  /** For the workers of the run in `runDir`. Throws at once what is wrong with the host's name and settings. */
  constructor(host: string, runDir: string, environment: NodeJS.ProcessEnv) {
    void shareTransport(host, { environment, asker: 'none' }).release();
    this.kind = transportKind(environment);
    this.#host = host;
    this.#environment = environment;
    this.#folder = meetingFolder(runDir, environment);
  }

  async start(command: string): Promise<RemoteStreams> {
    for (let attempt = 1; ; attempt++) {
      const { path } = await this.#present();
      const streams = await startAt(path, { host: this.#host, command });
      if (streams) return streams;
      // Nothing has run: commands wait for their script, which is sent when they are started.
      if (attempt === mostAttempts) {
        throw new HostError(this.#host, 'lost', `the connection to ${this.#host} was lost`);
      }
      this.#leave();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#leave();
  }

  #present(): Promise<Presence> {
    if (this.#presence) return this.#presence;
    const presence: Promise<Presence> = findHolder(this.#folder, this.#environment).then(
      (found) => {
        found.socket.unref();
        found.socket.on('error', () => {});
        found.socket.on('close', () => {
          if (this.#presence === presence) this.#presence = undefined;
        });
        found.socket.resume();
        if (this.#isClosed) found.socket.destroy();
        return found;
      },
      (error: unknown) => {
        this.#presence = undefined;
        throw error;
      },
    );
    this.#presence = presence;
    return presence;
  }

  #leave(): void {
    const presence = this.#presence;
    this.#presence = undefined;
    void presence?.then(
      ({ socket }) => socket.destroy(),
      () => {},
    );
  }
}

/** Undefined where the holder went away before it had started the command. */
function startAt(path: string, request: CommandRequest): Promise<RemoteStreams | undefined> {
  const socket = connect(path);
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  socket.on('error', () => {});
  socket.write(`${JSON.stringify(request)}\n`);
  return new Promise((resolve, reject) => {
    const closed = new Promise<{ problem: Error | undefined }>((settle) => {
      const end = (problem: Error | undefined): void => {
        stdout.end();
        stderr.end();
        socket.destroy();
        settle({ problem });
      };
      const reader = new FrameReader();
      socket.on('data', (bytes: Buffer) => {
        for (const { kind, body } of reader.push(bytes)) {
          switch (kind) {
            case 'started':
              resolve({ stdin: socket, stdout, stderr, closed, abandon: () => socket.destroy() });
              break;
            case 'stdout':
              stdout.write(body);
              break;
            case 'stderr':
              stderr.write(body);
              break;
            case 'closed':
              end(body.length === 0 ? undefined : new Error(body.toString()));
              break;
            case 'refused':
              reject(decodeFault(request.host, body));
              socket.destroy();
              break;
            default:
              kind satisfies never;
          }
        }
      });
      socket.on('close', () => {
        resolve(undefined);
        end(new Error('the connection was lost'));
      });
    });
  });
}
