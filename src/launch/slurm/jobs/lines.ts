/** Lines of fields that a separator divides, which no name or folder contains. */

/** ASCII's own unit separator: names, comments and folders hold anything else. */
export const separator = '\u001f';

/** What parsers of Slurm's output give: what was understood, and how many lines were not (cut off, of another kind). */
export interface Parsed<T> {
  readonly jobs: readonly T[];
  readonly unreadLines: number;
}

/** `parse` gives undefined for a line that it cannot read; a line with too few fields is such a one already. */
export function parseLines<T>(
  text: string,
  fieldCount: number,
  parse: (fields: readonly string[]) => T | undefined,
): Parsed<T> {
  const jobs: T[] = [];
  let unreadLines = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const fields = line.split(separator);
    const job = fields.length === fieldCount ? parse(fields) : undefined;
    if (job) jobs.push(job);
    else unreadLines++;
  }
  return { jobs, unreadLines };
}

/** Properties that have a value. */
export function withValues<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
