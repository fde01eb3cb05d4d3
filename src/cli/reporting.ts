/** What the terminals around us can show. */
import { createStyle, type Style, speaksUnicode, wantsColor } from '../observe/style.js';
import type { CommandContext, TextOutput } from './context.js';

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

/** Width; 0 where there is no terminal, as on those that mpirun makes for its ranks. */
export function terminalColumns({ isTTY, columns }: TextOutput): number {
  return isTTY ? (columns ?? 0) : 0;
}
