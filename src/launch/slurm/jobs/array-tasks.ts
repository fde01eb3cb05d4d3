/** Tasks of job arrays as Slurm writes them: `7`, `1-4,9`, `0-20:5`, with the most that run at once: `1-4%2`. */

export interface ArrayTasks {
  /** In order, ends included. */
  readonly ranges: readonly { readonly first: number; readonly last: number; readonly step: number }[];
  /** Most of them that run at once. */
  readonly limit?: number;
  /** Long lists are cut by some of Slurm's programs (`1,2,5-9,...`): there are more than these. */
  readonly isCut: boolean;
}

/** Undefined for what is no list of tasks: `N/A`, nothing. Brackets around it are passed over. */
export function parseArrayTasks(text: string): ArrayTasks | undefined {
  const [, list = '', limitText] = /^\[?([^%\]]*)(?:%(\d+))?\]?$/.exec(text.trim()) ?? [];
  const ranges: { first: number; last: number; step: number }[] = [];
  let isCut = false;
  for (const part of list.split(',')) {
    if (part === '...' || part === '') {
      isCut ||= part === '...';
      continue;
    }
    const match = /^(\d+)(?:-(\d+))?(?::(\d+))?(\.\.\.)?$/.exec(part);
    if (!match) return undefined;
    const first = Number(match[1]);
    ranges.push({ first, last: Number(match[2] ?? first), step: Math.max(1, Number(match[3] ?? 1)) });
    isCut ||= match[4] !== undefined;
  }
  if (ranges.length === 0) return undefined;
  return { ranges, isCut, ...(limitText === undefined ? {} : { limit: Number(limitText) }) };
}

/** How many they are, of those that are listed. */
export function arrayTaskCount({ ranges }: ArrayTasks): number {
  return ranges.reduce(
    (sum, { first, last, step }) => sum + Math.max(0, Math.floor((last - first) / step) + 1),
    0,
  );
}

export function formatArrayTasks({ ranges, limit, isCut }: ArrayTasks): string {
  const parts = ranges.map(({ first, last, step }) =>
    first === last ? String(first) : `${first}-${last}${step > 1 ? `:${step}` : ''}`,
  );
  return `${[...parts, ...(isCut ? ['...'] : [])].join(',')}${limit === undefined ? '' : `%${limit}`}`;
}
