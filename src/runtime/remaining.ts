/** What is left to compute, and what earlier sessions found out about it. */
import { Attempts } from '../coordinator/attempts.js';
import type { Past } from '../coordinator/state.js';
import { type Range, RangeSet } from '../schedule/ranges.js';
import type { JournalIndex } from '../store/journal/journal-index.js';

export interface Remaining {
  /** Cases without a result that may be handed out in any order; none of them is suspect. */
  readonly ranges: readonly Range[];
  readonly past: Past;
  /** Cases without a result, suspects included. */
  readonly count: number;
}

/** Of `total` cases from `from` on. Ranges are cut around cases that have been tried: all cases of one are in their first attempt. */
export function remainingOf(index: JournalIndex, total: number, from = 0): Remaining {
  const { done, tried, crashes, shortages, culprit } = index;
  const suspects = new RangeSet();
  for (const { first, count } of index.suspects.within(from, total)) {
    for (const part of done.missing(first, count)) suspects.add(part.first, part.count);
  }
  const settled = done.clone();
  for (const { first, count } of suspects) settled.add(first, count);
  const attempts = new Attempts(tried);
  const isOpen = culprit !== undefined && culprit.first + culprit.count <= from + total;
  // Whoever is innocent has its result before another worker is risked.
  if (isOpen) suspects.delete(culprit.first, culprit.count);
  const ordered = [...suspects, ...(isOpen ? [culprit] : [])];
  const ranges = [...settled.missing(from, total)];
  return {
    ranges: cut(ranges, attempts),
    past: {
      tried,
      crashes,
      shortages,
      suspects: cut(ordered, attempts),
      culprit: isOpen ? culprit : undefined,
      isBrokenOff: index.isBrokenOff,
    },
    count: [...ranges, ...ordered].reduce((sum, { count }) => sum + count, 0),
  };
}

/** The same cases in the same order; those that were tried are ranges of their own. */
function cut(ranges: readonly Range[], attempts: Attempts): Range[] {
  const parts: Range[] = [];
  for (const range of ranges) {
    attempts.eachPart(range.first, range.count, (first, count) => parts.push({ first, count }));
  }
  return parts;
}
