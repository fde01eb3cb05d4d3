/**
 * Name and version out of what an MPI library says of itself, which for MPICH is pages of compiler flags:
 * `Open MPI v4.1.4`, `MPICH 4.0.2`, `Intel(R) MPI Library 2021.12`. A text of another kind keeps its first line.
 */
export function shortLibraryName(text: string): string {
  const [line = ''] = text.split('\n');
  const open = /^Open MPI v\S+?(?=,|\s|$)/.exec(line);
  if (open) return open[0];
  const named = /^(\S+) Version\s*:\s*(\S+)/.exec(line);
  if (named) return `${named[1]} ${named[2]}`;
  const intel = /^(Intel\(R\) MPI Library) (\S+)/.exec(line);
  if (intel) return `${intel[1]} ${intel[2]}`;
  return line.trim();
}
