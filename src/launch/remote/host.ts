/** Where programs of a site run and its files lie: this machine, or one that is reached through SSH. */

export interface HostCommandOptions {
  readonly input?: string | Uint8Array;
  /** A folder of the host; its user's home unless given. */
  readonly cwd?: string;
  /** Variables on top of those that a command has there anyway. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The command is ended after this time; none unless given. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** How a command ended, and all that it printed. */
export interface HostOutcome {
  /** Undefined for a command that a signal ended or that could not be started. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Its time was over. */
  readonly isTimeout: boolean;
}

/**
 * One host. Arguments are passed as they are: whoever implements this quotes them where a shell is on the way. What is
 * the transport's fault (no connection, no such host) is a HostError; how a command ends is an outcome.
 */
export interface Host {
  /** As the user named it: `user@host`, or `localhost`. */
  readonly name: string;
  readonly isLocal: boolean;
  run(argv: readonly string[], options?: HostCommandOptions): Promise<HostOutcome>;
  /** The file's bytes from an offset on; undefined when there is no such file. */
  readFile(path: string, from?: number): Promise<Uint8Array | undefined>;
  /** Whole or not at all: written beside its place and renamed. Folders on the way are made. */
  writeFile(path: string, content: string | Uint8Array, mode?: number): Promise<void>;
  close(): Promise<void>;
}
