/** All that a command needs of the world; main-command.ts fills it from the process, tests fill it with their own. */
import type { Keyboard } from '../observe/watch/screen.js';
import type { Place, Run } from '../runtime/api.js';
import type { Domain, Solver } from '../study/solver.js';

export interface TextOutput {
  /** `onWritten` is called when the text has left, or cannot. */
  write(text: string | Uint8Array, onWritten?: () => void): unknown;
  readonly isTTY?: boolean;
  /** Width and height of the terminal; absent or 0 where there is none. */
  readonly columns?: number;
  readonly rows?: number;
  on?(event: 'error' | 'resize', listener: (error: NodeJS.ErrnoException) => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

export interface CommandContext {
  /**
   * Opened by whoever reads it. A pipe or terminal is made non-blocking when it is looked at, for all who share it: in
   * `while read` of a shell around us, or behind us.
   */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** Data, and nothing else. */
  readonly stdout: TextOutput;
  /** Keys that are pressed. Asked for only by who wants them: standard input changes by being looked at. */
  readonly keyboard?: () => Keyboard;
  /** Progress, notices and errors. */
  readonly stderr: TextOutput;
  readonly environment: NodeJS.ProcessEnv;
  /** Absolute path of the current folder. */
  readonly cwd: string;
  /** How the user calls this program, for commands that we print: `shoal`, or `node dist/main.js`. */
  readonly program: string;
  /** Program and arguments that start this program again: Node and its entry. */
  readonly self: readonly string[];
  /** Arguments of this call, without program and entry; the ranks of a job get the same. */
  readonly argv: readonly string[];
  readonly solvers: readonly Solver[];
  /** Commands that solvers bring. */
  readonly domains: readonly Domain[];
  readonly place: Place;
  readonly run: Run;
}
