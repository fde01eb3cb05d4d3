/** Commands over one connection of ssh2's, kept alive, opened again when it was lost, shared by all who call. */
import type { Client, ClientChannel } from 'ssh2';
import { HostError } from '../errors/host-error.js';
import type { HostSettings } from './config/settings.js';
import { type Connected, type ConnectOptions, connect } from './connect.js';
import type { RemoteStreams, Transport } from './transport.js';

/** What sshd allows on one connection unless told otherwise (MaxSessions). */
const usualChannels = 10;

/** A host that was reached before, or that turns away for the moment, is tried again for this long. */
const patienceMs = 60_000;
const firstPauseMs = 250;
const longestPauseMs = 8_000;
/** A host never reached before gets this many attempts, for an sshd with too many callers at once. */
const firstAttempts = 6;

/** Attempts to start a command on a connection that ends just then. */
const mostAttempts = 4;

export class Ssh2Transport implements Transport {
  readonly kind = 'ssh2';
  readonly #settings: HostSettings;
  readonly #options: ConnectOptions;
  #connection: Promise<Connected> | undefined;
  #wasConnected = false;
  #isClosed = false;
  #open = 0;
  #mostOpen = usualChannels;
  readonly #waiting: (() => void)[] = [];

  constructor(settings: HostSettings, options: ConnectOptions) {
    this.#settings = settings;
    this.#options = options;
  }

  async start(command: string): Promise<RemoteStreams> {
    await this.#enter();
    try {
      return await this.#startNow(command);
    } catch (error) {
      this.#leave();
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const connection = this.#connection;
    this.#connection = undefined;
    await connection?.then(
      ({ close }) => close(),
      () => {},
    );
  }

  async #startNow(command: string, attempt = 1): Promise<RemoteStreams> {
    const connection = this.#connected();
    const { client } = await connection;
    let channel: ClientChannel | 'full';
    try {
      channel = await this.#openChannel(client, command);
    } catch (error) {
      if (!(error instanceof HostError) || error.fault !== 'lost' || attempt === mostAttempts) throw error;
      // Nothing has run: commands wait for their script, which is sent when the channel is open.
      if (this.#connection === connection) this.#connection = undefined;
      return this.#startNow(command, attempt + 1);
    }
    if (channel === 'full') {
      // The host allows fewer than was thought: others have to end first.
      this.#mostOpen = Math.max(1, this.#open - 1);
      this.#leave();
      await this.#enter();
      return this.#startNow(command, attempt);
    }
    return this.#streamsOf(client, channel);
  }

  #openChannel(client: Client, command: string): Promise<ClientChannel | 'full'> {
    const { name } = this.#settings.target;
    return new Promise((resolve, reject) => {
      const lost = () => reject(new HostError(name, 'lost', `the connection to ${name} was lost`));
      client.once('close', lost);
      try {
        client.exec(command, (error, channel) => {
          client.off('close', lost);
          if (!error) resolve(channel);
          else if (/open failed/i.test(error.message) && this.#open > 1) resolve('full');
          else
            reject(
              new HostError(name, 'unusable', `${name} starts no command: ${error.message}`, {
                cause: error,
              }),
            );
        });
      } catch (error) {
        // The connection ended after we had looked.
        reject(new HostError(name, 'lost', `the connection to ${name} was lost`, { cause: error }));
      }
    });
  }

  #streamsOf(client: Client, channel: ClientChannel): RemoteStreams {
    let isLost = false;
    const lost = () => {
      isLost = true;
    };
    client.once('close', lost);
    channel.on('error', () => {});
    channel.stderr.on('error', () => {});
    const closed = new Promise<{ problem: Error | undefined }>((resolve) => {
      channel.on('close', () => {
        client.off('close', lost);
        this.#leave();
        resolve({ problem: isLost ? new Error('the connection was lost') : undefined });
      });
    });
    return {
      stdin: channel.stdin,
      stdout: channel.stdout,
      stderr: channel.stderr,
      closed,
      abandon: () => channel.destroy(),
    };
  }

  #connected(): Promise<Connected> {
    const { name } = this.#settings.target;
    if (this.#isClosed) {
      return Promise.reject(new HostError(name, 'lost', `the connection to ${name} was closed by us`));
    }
    this.#connection ??= this.#connect();
    return this.#connection;
  }

  async #connect(): Promise<Connected> {
    try {
      const connected = await this.#tryToConnect();
      this.#wasConnected = true;
      this.#mostOpen = usualChannels;
      connected.client.once('close', () => {
        this.#connection = undefined;
      });
      return connected;
    } catch (error) {
      this.#connection = undefined;
      throw error;
    }
  }

  async #tryToConnect(): Promise<Connected> {
    const endMs = performance.now() + patienceMs;
    for (
      let attempt = 1, pauseMs = firstPauseMs;
      ;
      attempt++, pauseMs = Math.min(2 * pauseMs, longestPauseMs)
    ) {
      try {
        return await connect(this.#settings, this.#options);
      } catch (error) {
        if (!(error instanceof HostError) || error.fault !== 'unreachable' || this.#isClosed) throw error;
        const mayPass = this.#wasConnected || isTurnedAway(error);
        const isEnough = this.#wasConnected ? performance.now() + pauseMs > endMs : attempt >= firstAttempts;
        if (!mayPass || isEnough) throw error;
        // Ranks that come back together must not come back in step.
        await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
      }
    }
  }

  /** Waits until the connection has room for one more command. */
  async #enter(): Promise<void> {
    while (this.#open >= this.#mostOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#open++;
  }

  #leave(): void {
    this.#open--;
    this.#waiting.shift()?.();
  }
}

/** An sshd that has too many strangers at its door drops some of them (MaxStartups). */
function isTurnedAway(error: HostError): boolean {
  const { cause } = error;
  return cause instanceof Error && /closed|ECONNRESET|Connection lost/i.test(cause.message);
}
