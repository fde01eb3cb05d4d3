/**
 * Connections of the system's ssh to hosts, held by this process: what workers there say goes through them, so that a host
 * sees one connection and one authentication for several workers.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../temporary.js';
import { sshOptionWords } from './ssh-options.js';

/** An sshd lets ten sessions share a connection unless told otherwise; the one that holds it is one of them. */
const mostSessions = 8;

interface Connection {
  readonly host: string;
  readonly socket: string;
  users: number;
  holder: ChildProcess | undefined;
}

/** What a worker's own ssh needs to go through a connection: where it is, and whom to wait for until it is there. */
export interface SharedConnection {
  readonly socket: string;
  readonly holderPid: number | undefined;
}

export class SshConnections {
  readonly #all: Connection[] = [];
  #folder: string | undefined;
  #isClosed = false;

  /** A place in a connection to the host. Nothing is connected yet. */
  place(host: string): () => SharedConnection {
    const open = this.#all.find((each) => each.host === host && each.users < mostSessions);
    const connection = open ?? this.#add(host);
    connection.users++;
    return () => {
      // Another is started when the last one was lost.
      if (!this.#isClosed) connection.holder ??= hold(connection);
      return { socket: connection.socket, holderPid: connection.holder?.pid };
    };
  }

  /** Ends them all. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const { holder } of this.#all) holder?.kill('SIGTERM');
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }

  #add(host: string): Connection {
    this.#folder ??= temporaryFolder('ssh');
    // Sockets have short names: a path above 104 letters is refused.
    const socket = join(this.#folder, String(this.#all.length));
    const connection: Connection = { host, socket, users: 0, holder: undefined };
    this.#all.push(connection);
    return connection;
  }
}

/** It ends with its standard input, and so with us, however that happens. */
function hold(connection: Connection): ChildProcess {
  const { host, socket } = connection;
  rmSync(socket, { force: true });
  const words = [...sshOptionWords, '-o', 'ControlMaster=yes', '-o', `ControlPath=${socket}`];
  const holder = spawn('ssh', ['-T', ...words, '--', host, 'exec cat'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const forget = (): void => {
    if (connection.holder === holder) connection.holder = undefined;
  };
  holder.on('error', forget);
  holder.on('exit', forget);
  holder.stdin.on('error', () => {});
  // A run that has ended does not wait for it.
  holder.unref();
  return holder;
}
