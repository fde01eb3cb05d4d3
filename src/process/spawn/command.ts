/** A program that runs in a process group of its own: what it takes to start one, and how it ends. */

export interface Command {
  /** Program and arguments. A program without a slash is looked for on the PATH of its environment. */
  readonly argv: readonly string[];
  /** Variables on top of the starter's environment. */
  readonly variables: Readonly<Record<string, string>>;
  /** Absolute path of the folder where it runs. */
  readonly cwd: string;
  /** File that it reads as its standard input. */
  readonly stdin: string;
  /** Where its streams go instead, one after the other; none where absent. */
  readonly redirections?: readonly (FileRedirection | StreamCopy)[];
  /** Process group that it joins where that has members; one of its own where absent. */
  readonly group?: number;
}

export interface FileRedirection {
  readonly kind: 'file';
  readonly stream: 0 | 1 | 2;
  readonly mode: 'read' | 'write' | 'append';
  /** Absolute. */
  readonly path: string;
}

/** One stream goes where the other goes now. */
export interface StreamCopy {
  readonly kind: 'copy';
  readonly stream: 1 | 2;
  readonly from: 1 | 2;
}

export type CommandEnd =
  | { readonly kind: 'exited'; readonly code: number; readonly cpuSeconds: number }
  /** `signal` by name: `SIGSEGV`. */
  | { readonly kind: 'signalled'; readonly signal: string; readonly cpuSeconds: number }
  /** It never ran; `error` as C names it: `ENOENT` where there is no such program. */
  | { readonly kind: 'unstartable'; readonly error: string };

export interface StartedCommand {
  /** Its process group, which it leads or has joined; 0 when it is unstartable. */
  readonly group: number;
  /** Waits on this very thread, at most `ms`; undefined when it still runs then, or where no such wait is possible. */
  tryWait(ms: number): CommandEnd | undefined;
  /** Settles when it has ended; never rejects. */
  ended(): Promise<CommandEnd>;
  /** Sends to its process group; 0 sends nothing. False when nobody is left in the group. */
  signal(signal: 'SIGTERM' | 'SIGKILL' | 0): boolean;
}

/** Starts commands one at a time. */
export interface CommandStarter {
  /** Whether commands can join groups and redirect their streams. */
  readonly canRunLists: boolean;
  /** What commands find in their environment, besides their own variables. */
  readonly environment: Readonly<Record<string, string>>;
  start(command: Command): StartedCommand;
  /** Gives native memory back. Idempotent. */
  close(): void;
}

export interface StarterOptions {
  /** Descriptors that commands write to. */
  readonly stdout: number;
  readonly stderr: number;
  readonly environment: Readonly<Record<string, string>>;
}
