/** Where a run's progress goes: a terminal of ours, the terminal of the shoal that called mpirun, or a log. */
import type { ParentFacts } from '../launch/parent-link.js';
import {
  createProgressReporter,
  createQuietReporter,
  type ProgressReporter,
} from '../observe/progress-line.js';
import { createStyle, type Style, speaksUnicode, wantsColor } from '../observe/style.js';
import type { CommandContext, TextOutput } from './context.js';

export function createReporter(
  name: string,
  isQuiet: boolean,
  { stderr, environment }: CommandContext,
  parent: ParentFacts | undefined,
): ProgressReporter {
  const write = (text: string): void => {
    stderr.write(text);
  };
  // Under mpirun the width is the parent's: what mpirun gives its ranks is a pipe, or a terminal of width 0.
  const columns = parent ? (parent.columns ?? 0) : terminalColumns(stderr);
  if (isQuiet) return createQuietReporter({ write, columns });
  const isColored = parent ? (parent.isColored ?? false) : wantsColor(columns > 0, environment);
  const target = {
    write,
    // Asked each time, because a window changes its size.
    get columns() {
      return parent ? columns : terminalColumns(stderr);
    },
  };
  return createProgressReporter(name, target, createStyle(isColored, speaksUnicode(environment)));
}

/** Style of text on standard output. */
export function outputStyle({ stdout, environment }: CommandContext): Style {
  return createStyle(wantsColor(terminalColumns(stdout) > 0, environment), speaksUnicode(environment));
}

/** The terminal that ranks under mpirun may draw on, or undefined. */
export function terminalOf({
  stderr,
  environment,
}: CommandContext): { readonly columns: number; readonly isColored: boolean } | undefined {
  const columns = terminalColumns(stderr);
  return columns > 0 ? { columns, isColored: wantsColor(true, environment) } : undefined;
}

function terminalColumns({ isTTY, columns }: TextOutput): number {
  return isTTY ? (columns ?? 0) : 0;
}
