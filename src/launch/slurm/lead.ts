/** How long before its time limit a job is told to stop. */

export interface LeadFacts {
  /** Time limit of the job; undefined where the partition's default holds, which nobody here knows. */
  readonly timeMs: number | undefined;
  /** Longest case by what was measured; undefined where nothing was. */
  readonly longestMs: number | undefined;
  /** Longest time that the study gives a case, where it says so. */
  readonly timeoutMs: number | undefined;
}

/** Slurm may be that much late, and ranks take a moment to end. */
const leastMs = 60_000;
const unknownLimitMs = 300_000;
/** A job up to this long has a part of its time instead: Slurm may also be a minute early, and ranks are to be up by then. */
const shortMs = 180_000;
const shortPart = 1 / 6;
/** In a shorter one the ranks may be just starting, and would die of it. */
const shortestMs = 120_000;

/**
 * Enough for the longest case to end: half as much again as the longest that was predicted, else what the study allows
 * a case, up to a quarter of the job, else a tenth of the job. Cases cut by the end of the job are computed again.
 * Undefined for jobs below two minutes: the run knows by itself when they end.
 */
export function signalLeadMs({ timeMs, longestMs, timeoutMs }: LeadFacts): number | undefined {
  if (timeMs === undefined) return Math.max(unknownLimitMs, 1.5 * (longestMs ?? 0));
  if (timeMs < shortestMs) return undefined;
  if (timeMs <= shortMs) return timeMs * shortPart;
  const wanted =
    longestMs !== undefined
      ? 1.5 * longestMs + leastMs / 2
      : timeoutMs !== undefined
        ? Math.min(timeoutMs, timeMs / 4)
        : timeMs / 10;
  return Math.min(Math.max(wanted, leastMs), timeMs / 2);
}
