/** What cases without a result have been through: attempts that failed, workers that died, what was in flight. */
import { mostInFlight } from '../../schedule/chunk-size.js';
import { RangeRing } from '../../schedule/range-ring.js';
import { type Range, RangeSet } from '../../schedule/ranges.js';
import type { Tried } from '../../schedule/tried.js';
import type { Assignment } from './records.js';

/** Kept by the index; a session that goes on with the run begins where these numbers stand. */
export interface Trials {
  /** Cases that were handed out last and have no result: they were in flight when the session ended. */
  readonly inFlight: RangeSet;
  /**
   * After sessions that ended without a word: cases one of which may have ended them, because a worker was computing it
   * then. At first those that it had surely come to; more of them with each further session that breaks off.
   */
  readonly suspects: RangeSet;
  /** The last session ended without a word while this was all that was in flight, handed out as a suspect, alone. */
  readonly culprit: Range | undefined;
  /** The last session ended without a word. */
  readonly isBrokenOff: boolean;
  readonly tried: ReadonlyMap<number, Tried>;
  /** How often a worker, or the whole job, died of a case that was computed alone. */
  readonly crashes: ReadonlyMap<number, number>;
  /** The most that cases were allowed when they ran out of memory, those with a result included. */
  readonly shortages: ReadonlyMap<number, number>;
}

/** Cases of a worker that are suspect after one session broke off; for each further one, this many times as many. */
const firstSuspects = 1024;
const suspectGrowth = 32;

/** What a worker had been given and had not returned, as the coordinator saw it. */
interface Holder {
  /** In the place of an attempt: 1 for what was handed out alone. */
  readonly outstanding: RangeRing;
  largestBlock: number;
}

export class TrialsIndexer {
  readonly #tried = new Map<number, Tried>();
  readonly #crashes = new Map<number, number>();
  readonly #shortages = new Map<number, number>();
  #holders = new Map<number, Holder>();
  /** Suspects that earlier sessions left: the ones between may have ended before they came to these cases. */
  #carried = new RangeSet();
  #inFlightBefore = new RangeSet();
  /** Sessions in a row that ended without a word. */
  #brokenOff = 0;

  begin(done: RangeSet): void {
    if (this.#brokenOff > 0) {
      const { suspects, inFlight } = this.#outstanding(done);
      this.#carried = suspects;
      this.#inFlightBefore = inFlight;
    } else {
      this.#carried = new RangeSet();
      this.#inFlightBefore = new RangeSet();
    }
    this.#holders = new Map();
    this.#brokenOff++;
  }

  end(): void {
    this.#brokenOff = 0;
  }

  assigned({ worker, first, count, isAlone }: Assignment): void {
    this.#holderOf(worker).outstanding.push(first, count, isAlone ? 1 : 0);
  }

  returned(worker: number, first: number, count: number): void {
    const holder = this.#holders.get(worker);
    if (!holder) return;
    holder.largestBlock = Math.max(holder.largestBlock, count);
    const { outstanding } = holder;
    // A row for a case that was given up is of no worker, though it bears the number of one. What lies in front of what
    // a worker returns was taken back from it.
    if (outstanding.length > 0 && outstanding.skipTo(first)) outstanding.takeRun(first, count);
  }

  /** What it held goes to others. */
  lost(worker: number): void {
    this.#holders.delete(worker);
  }

  /** An attempt failed, and another follows. */
  failed(index: number, attempt: number): void {
    this.#tried.set(index, { attempts: attempt, forgiven: this.#tried.get(index)?.forgiven ?? 0 });
    this.#clear(index);
  }

  /** An attempt ran out of memory, whether another follows or not. */
  ranShort(index: number, memoryBytes: number): void {
    this.#shortages.set(index, Math.max(this.#shortages.get(index) ?? 0, memoryBytes));
  }

  /** A worker died of this case, for the `deaths`-th time. */
  crashed(index: number, deaths: number): void {
    this.#crashes.set(index, deaths);
  }

  /** The user asks for the case again, which had a result of this attempt. */
  withdrawn(index: number, attempt: number): void {
    this.#tried.set(index, { attempts: attempt, forgiven: attempt });
    this.#crashes.delete(index);
    this.#clear(index);
  }

  finish(done: RangeSet): Trials {
    for (const map of [this.#tried, this.#crashes]) {
      for (const index of map.keys()) if (done.has(index)) map.delete(index);
    }
    const { suspects, inFlight, culprit } = this.#outstanding(done);
    const isBrokenOff = this.#brokenOff > 0;
    return {
      inFlight,
      suspects: isBrokenOff ? suspects : new RangeSet(),
      culprit: isBrokenOff ? culprit : undefined,
      isBrokenOff,
      tried: this.#tried,
      crashes: this.#crashes,
      shortages: this.#shortages,
    };
  }

  #outstanding(done: RangeSet): Pick<Trials, 'inFlight' | 'suspects' | 'culprit'> {
    const most = firstSuspects * suspectGrowth ** (this.#brokenOff - 1);
    const inFlight = missing(this.#inFlightBefore, done);
    const suspects = missing(this.#carried, done);
    const alone: Range[] = [];
    let others = 0;
    for (const { outstanding, largestBlock } of this.#holders.values()) {
      let left = Math.min(most, mostInFlight(largestBlock));
      for (const entry of outstanding.entries()) {
        for (const part of done.missing(entry.first, entry.count)) {
          inFlight.add(part.first, part.count);
          suspects.add(part.first, Math.min(left, part.count));
          left = Math.max(0, left - part.count);
          if (entry.attempt === 1) alone.push(part);
          else others += part.count;
        }
      }
    }
    const culprit = others === 0 && alone.length === 1 ? alone[0] : undefined;
    return { inFlight, suspects, culprit };
  }

  #holderOf(worker: number): Holder {
    let holder = this.#holders.get(worker);
    if (!holder) {
      holder = { outstanding: new RangeRing(), largestBlock: 0 };
      this.#holders.set(worker, holder);
    }
    return holder;
  }

  #clear(index: number): void {
    this.#carried.delete(index, 1);
    this.#inFlightBefore.delete(index, 1);
  }
}

function missing(set: RangeSet, done: RangeSet): RangeSet {
  const rest = new RangeSet();
  for (const { first, count } of set) {
    for (const part of done.missing(first, count)) rest.add(part.first, part.count);
  }
  return rest;
}
