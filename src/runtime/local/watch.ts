/** How long the cases of a process have been running, from looks at its beacon. Pure: time is an argument. */
import type { Sighting } from '../../process/beacon/reader.js';

export interface Limits {
  /** Longest time of one case; Infinity for none. */
  readonly timeoutMs: number;
  /** Longest time of one case without a sign of life; Infinity for none. */
  readonly stallMs: number;
}

export interface Overdue {
  readonly kind: 'timeout' | 'stall';
  readonly sighting: Sighting;
  readonly ranMs: number;
  /** Since its last sign of life, or its begin. */
  readonly silentMs: number;
}

interface Run {
  readonly starts: number;
  signs: number;
  ranMs: number;
  silentMs: number;
}

export class Watch {
  readonly #limits: Limits;
  readonly #runs = new Map<number, Run>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /**
   * What runs now, `passedMs` after the look before. A case counts from the look that finds it, so that it is never
   * thought to run longer than it does. A batch has the time of all its cases.
   */
  look(sightings: readonly Sighting[], passedMs: number): Overdue | undefined {
    const idle = new Set(this.#runs.keys());
    let overdue: Overdue | undefined;
    for (const sighting of sightings) {
      idle.delete(sighting.slot);
      const run = this.#advance(sighting, passedMs);
      overdue ??= this.#judge(sighting, run);
    }
    for (const slot of idle) this.#runs.delete(slot);
    return overdue;
  }

  #advance(sighting: Sighting, passedMs: number): Run {
    const run = this.#runs.get(sighting.slot);
    if (run?.starts !== sighting.starts) {
      const fresh = { starts: sighting.starts, signs: sighting.signs, ranMs: 0, silentMs: 0 };
      this.#runs.set(sighting.slot, fresh);
      return fresh;
    }
    run.ranMs += passedMs;
    run.silentMs = run.signs === sighting.signs ? run.silentMs + passedMs : 0;
    run.signs = sighting.signs;
    return run;
  }

  #judge(sighting: Sighting, { ranMs, silentMs }: Run): Overdue | undefined {
    const { timeoutMs, stallMs } = this.#limits;
    if (ranMs > timeoutMs * sighting.count) return { kind: 'timeout', sighting, ranMs, silentMs };
    if (silentMs > stallMs * sighting.count) return { kind: 'stall', sighting, ranMs, silentMs };
    return undefined;
  }
}

/**
 * What a look charges that comes so long after the one before it. One that comes late was kept from it together with
 * what it watches, as by a job that was suspended: one such look alone never uses up a limit.
 */
export function chargedMs(passedMs: number, { timeoutMs, stallMs }: Limits): number {
  return Math.min(passedMs, mostChargedMs, Math.min(timeoutMs, stallMs) / 2);
}

const mostChargedMs = 2_000;

/** Time between looks: a case is found late by this much at most. */
export function lookIntervalMs({ timeoutMs, stallMs }: Limits): number {
  return Math.min(1_000, Math.max(20, Math.min(timeoutMs, stallMs) / 20));
}
