/** A program that computes a case, as every rank knows it. */
import { basename } from 'node:path';
import type { ColumnSpec } from '../../codec/columns.js';

export interface CommandSource {
  readonly kind: 'command';
  /** Folder of the study file, or the one that `run --commands` was called in: relative names start there. */
  readonly path: string;
  /** Where it runs, as `[user@]host[:port]`; on the rank's own machine when absent. */
  readonly host?: string;
  readonly call: CommandCall;
  readonly stdin: CommandInput;
  /** Variables on top of the rank's own; values may have placeholders. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: CommandFolder;
  /** Found in what the program prints, besides its exit code. */
  readonly outputs: readonly CommandOutput[];
  /** Exit codes of a case that has completed. */
  readonly okExitCodes: readonly number[];
  /** Whether the program sees that it was started by a rank of an MPI job. */
  readonly keepsLauncher: boolean;
}

/** Texts may have placeholders; see placeholders.ts. */
export type CommandCall =
  /** A program and its arguments, started as they are. */
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Text for a shell; values are quoted. */
  | { readonly kind: 'shell'; readonly text: string }
  /** The text of the column `command`, for a shell. */
  | { readonly kind: 'line' };

export type CommandInput =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  /** All columns of the case as one JSON object. */
  | { readonly kind: 'json' };

export type CommandFolder =
  /** `CommandSource.path`; on another host the user's home. */
  | { readonly kind: 'home' }
  /** A new empty folder for each case, removed behind it. */
  | { readonly kind: 'scratch' }
  /** Relative to that. */
  | { readonly kind: 'folder'; readonly folder: string };

export interface CommandOutput {
  readonly spec: ColumnSpec;
  readonly from: 'stdout' | 'stderr';
  readonly find: /** The groups of the last match, or all of it where there are none. */
    | { readonly kind: 'regex'; readonly pattern: string }
    /** Keys and indices to the value in a JSON text. */
    | { readonly kind: 'json'; readonly path: readonly (string | number)[] }
    /** The next numbers of the last line; all outputs found so share them in their order. */
    | { readonly kind: 'last-line' };
}

/** What users call it by. */
export function programName(call: CommandCall): string {
  switch (call.kind) {
    case 'words':
      return basename(call.words[0] as string);
    case 'shell':
      return 'shell';
    case 'line':
      return 'commands';
    default:
      return call satisfies never;
  }
}

/** The column of commands in a study that is a file of them. */
export const commandColumn = 'command';

/** Outputs that every command has. */
export const exitCodeColumn = 'exit_code';
/** What the table *execution* gets. */
export const cpuSecondsColumn = 'cpu_seconds';
export const keptOutputColumn = 'output';
