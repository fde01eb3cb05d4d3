/** How long cases took: their distribution, and those that took longest. */
import type { JournalIndex } from '../../store/journal/journal-index.js';
import { isUncomputed } from './uncomputed.js';

export interface CaseTimes {
  /** Cases whose time is known. */
  readonly cases: number;
  /** Quantiles, ms, to 2 %. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** Bins of equal width on a logarithmic axis, ascending, without gaps; empty when nothing was timed. */
  readonly bins: readonly TimeBin[];
}

export interface TimeBin {
  readonly fromMs: number;
  readonly toMs: number;
  readonly cases: number;
}

/** Fine bins for quantiles, several of which make one that is shown. */
const finePerDecade = 120;
const shownPerDecade = 10;
const fineInShown = finePerDecade / shownPerDecade;
/** From a nanosecond to more than three years. */
const lowestDecade = -6;
const decades = 17;

/** Of results that count; a case in a block of several has their mean. Cases that took no time are not among them. */
export function caseTimes({ pieces, blocks }: JournalIndex): CaseTimes {
  const fine = new Float64Array(finePerDecade * decades);
  let cases = 0;
  for (const { count, block } of pieces) {
    const ms = blocks.elapsedMs[block]! / blocks.count[block]!;
    if (ms <= 0) continue;
    fine[binOf(ms)]! += count;
    cases += count;
  }
  return {
    cases,
    medianMs: quantile(fine, cases * 0.5),
    p95Ms: quantile(fine, cases * 0.95),
    bins: shownBins(fine),
  };
}

function binOf(ms: number): number {
  const bin = Math.floor((Math.log10(ms) - lowestDecade) * finePerDecade);
  return Math.min(finePerDecade * decades - 1, Math.max(0, bin));
}

const edgeMs = (bin: number): number => 10 ** (bin / finePerDecade + lowestDecade);

/** The middle of the bin in which the `rank`th case lies. */
function quantile(fine: Float64Array, rank: number): number {
  let below = 0;
  for (let bin = 0; bin < fine.length; bin++) {
    below += fine[bin]!;
    if (below >= rank && below > 0) return edgeMs(bin + 0.5);
  }
  return 0;
}

function shownBins(fine: Float64Array): TimeBin[] {
  const first = fine.findIndex((count) => count > 0);
  if (first === -1) return [];
  const last = fine.findLastIndex((count) => count > 0);
  const bins: TimeBin[] = [];
  for (let bin = Math.floor(first / fineInShown); bin * fineInShown <= last; bin++) {
    const from = bin * fineInShown;
    const cases = fine.subarray(from, from + fineInShown).reduce((sum, count) => sum + count, 0);
    bins.push({ fromMs: edgeMs(from), toMs: edgeMs(from + fineInShown), cases });
  }
  return bins;
}

export interface SlowCase {
  readonly first: number;
  /** More than one: they were computed together, and `caseMs` is their mean. */
  readonly count: number;
  readonly caseMs: number;
  readonly attempt: number;
  readonly worker: number;
  readonly host: string | undefined;
}

/** The `most` that took longest, longest first. */
export function slowestCases({ pieces, blocks, sessions }: JournalIndex, most: number): SlowCase[] {
  const slowest: { first: number; count: number; block: number; caseMs: number }[] = [];
  for (const { first, count, block } of pieces) {
    if (isUncomputed(blocks, block)) continue;
    const caseMs = blocks.elapsedMs[block]! / blocks.count[block]!;
    if (slowest.length === most && caseMs <= slowest[most - 1]!.caseMs) continue;
    let at = slowest.length;
    while (at > 0 && slowest[at - 1]!.caseMs < caseMs) at--;
    slowest.splice(at, 0, { first, count, block, caseMs });
    if (slowest.length > most) slowest.pop();
  }
  return slowest.map(({ block, ...slow }) => {
    const worker = blocks.worker[block]!;
    const host = sessions[blocks.session[block]!]?.hosts.get(worker);
    return { ...slow, attempt: blocks.attempt[block]!, worker, host };
  });
}
