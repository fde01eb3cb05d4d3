/** A part of a study that a run of its own computes: the cases of a study, cut into parts of equal size. */

export interface Shard {
  /** From 1. */
  readonly index: number;
  /** Shards of the study. */
  readonly count: number;
}

/** The cases of a shard, which together with those of the others are all cases, once. */
export function shardRange({ index, count }: Shard, cases: number): { first: number; count: number } {
  const first = startOf(index - 1, count, cases);
  return { first, count: startOf(index, count, cases) - first };
}

/** `2/4`, as it is given and shown. */
export function shardText({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/** Undefined for what is no shard. */
export function parseShard(text: string): Shard | undefined {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  return shard.index >= 1 && shard.index <= shard.count ? shard : undefined;
}

/** Exact for all numbers of cases: a product of two of them may be no whole number any more. */
function startOf(part: number, parts: number, cases: number): number {
  const each = Math.floor(cases / parts);
  const more = cases - each * parts;
  return part * each + Math.min(part, more);
}
