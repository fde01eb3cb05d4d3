/** The transmitter's current as a function of time, and what a decaying eddy current answers to it. */

export interface Waveform {
  /** Not decreasing, s; a time given twice is a jump. */
  readonly times: readonly number[];
  /** Current at each time, A: linear between, constant before the first and after the last. */
  readonly currents: readonly number[];
}

/** The current falls from 1 to 0 at t = 0. */
export const switchOff: Waveform = { times: [0, 0], currents: [1, 0] };

/** What the current did before a gate: times are elapsed ones, from the event to the gate, s. */
export interface Past {
  readonly jumps: readonly { readonly elapsed: number; readonly change: number }[];
  /** Slope in A/s from `start` to `end` before the gate, start > end >= 0. */
  readonly ramps: readonly { readonly start: number; readonly end: number; readonly slope: number }[];
}

/**
 * Least time between a jump and a gate, s: nothing in the ground answers sooner. A ramp that ended within it counts as
 * still going on, for the field is the same.
 */
export const shortestElapsed = 1e-9;

export function pastOf(waveform: Waveform, gate: number): Past {
  const jumps: { elapsed: number; change: number }[] = [];
  const ramps: { start: number; end: number; slope: number }[] = [];
  for (let i = 1; i < waveform.times.length; i++) {
    const from = waveform.times[i - 1] as number;
    const to = waveform.times[i] as number;
    const change = (waveform.currents[i] as number) - (waveform.currents[i - 1] as number);
    if (change === 0 || from >= gate) continue;
    if (from === to) jumps.push({ elapsed: gate - from, change });
    else
      ramps.push({
        start: gate - from,
        end: gate - to < shortestElapsed ? 0 : gate - to,
        slope: change / (to - from),
      });
  }
  return { jumps, ramps };
}

/** Elapsed times over which a past reaches, or undefined when nothing has happened before the gate. */
export function reach(past: Past): readonly [number, number] | undefined {
  const elapsed = [
    ...past.jumps.map((jump) => jump.elapsed),
    // A ramp that has just ended, or goes on, is as smooth as its own length.
    ...past.ramps.flatMap(({ start, end }) => [start, end > 0 ? end : start]),
  ];
  return elapsed.length > 0 ? [Math.min(...elapsed), Math.max(...elapsed)] : undefined;
}

export type Response = 'b' | 'dbdt';

/**
 * What is observed at the gate of an eddy current that a unit switch-off leaves as exp(-rate t). Duhamel's integral:
 * b = -integral of I'(t - x) exp(-rate x) dx, and -db/dt is its derivative with changed sign. Without `direct`.
 */
export function decayResponse(past: Past, response: Response, rate: number): number {
  let sum = 0;
  for (const { elapsed, change } of past.jumps) {
    sum -= change * Math.exp(-rate * elapsed) * (response === 'b' ? 1 : rate);
  }
  for (const { start, end, slope } of past.ramps) {
    if (response === 'b') {
      sum += (slope * Math.exp(-rate * end) * Math.expm1(-rate * (start - end))) / rate;
    } else if (end > 0) {
      sum += slope * Math.exp(-rate * end) * Math.expm1(-rate * (start - end));
    } else {
      sum += slope * Math.exp(-rate * start);
    }
  }
  return sum;
}

/** The part of -db/dt that even infinitely fast currents answer with: the slope that goes on at the gate. */
export function direct(past: Past, response: Response): number {
  if (response === 'b') return 0;
  return past.ramps.reduce((sum, { end, slope }) => (end > 0 ? sum : sum - slope), 0);
}
