/** A way to start commands on a host. What the transport itself cannot do is a HostError. */
import type { Readable, Writable } from 'node:stream';

export interface RemoteStreams {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * Settles when the command has ended and its streams with it. How it ended is not told: a lost connection looks the
   * same in some transports. `problem` says what is known of the connection.
   */
  readonly closed: Promise<{ readonly problem: Error | undefined }>;
  /** Lets go of the command, whatever it does. */
  abandon(): void;
}

export interface Transport {
  readonly kind: 'ssh2' | 'system';
  /** `command` is one line for the user's shell, whichever that is. Connects first where there is no connection. */
  start(command: string): Promise<RemoteStreams>;
  close(): Promise<void>;
}
