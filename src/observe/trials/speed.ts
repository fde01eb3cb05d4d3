/** How long runs of the same took, beside the first of them. */
import { shortNumber, tableLines } from './table.js';

export interface Speed {
  readonly name: string;
  /** Absent for programs that use one after the other whatever they are given. */
  readonly ranks?: number;
  /** From the start of the command to its end. */
  readonly seconds: number;
  /** Of all cases together. */
  readonly caseSeconds?: number;
  /** Times as fast as the first. */
  readonly speedUp: number;
  /** Speed-up for each rank more than the first has. */
  readonly efficiency?: number;
}

export type Timing = Omit<Speed, 'speedUp' | 'efficiency'>;

/** All are held against the first. */
export function speedsOf(timings: readonly Timing[]): readonly Speed[] {
  const [first] = timings;
  return timings.map((timing) => {
    const speedUp = (first as Timing).seconds / timing.seconds;
    const { ranks } = timing;
    return {
      ...timing,
      speedUp,
      ...(ranks !== undefined && { efficiency: (speedUp * ((first as Timing).ranks ?? 1)) / ranks }),
    };
  });
}

/** `last` has the heading and the texts of one more column. */
export function speedLines(
  speeds: readonly Speed[],
  last?: { readonly heading: string; readonly texts: readonly string[] },
): string[] {
  const heading = ['', 'seconds', 'in calculations', 'speed-up', 'efficiency'];
  const rows = speeds.map(({ name, seconds, caseSeconds, speedUp, efficiency }) => [
    ...[name, shortNumber(seconds), caseSeconds === undefined ? '' : shortNumber(caseSeconds)],
    ...[speedUp.toFixed(2), efficiency === undefined ? '' : `${Math.round(100 * efficiency)} %`],
  ]);
  return tableLines([
    [...heading, ...(last ? [last.heading] : [])],
    ...rows.map((row, i) => [...row, ...(last ? [last.texts[i] ?? ''] : [])]),
  ]);
}
