/** Which cases may start: a book of what each still waits for. */
import { type Edges, pendingOf, reversed } from '../../study/task-graph.js';
import type { TaskSet } from './task-set.js';

/** What is told of cases as others end. */
export interface WaitingHandlers {
  /** Nothing is in its way any more. */
  onReady(index: number): void;
  /** A case that it depends on did not complete; all that it depends on have ended. */
  onCancelled(index: number): void;
}

export class Waiting {
  readonly #set: TaskSet;
  readonly #handlers: WaitingHandlers;
  readonly #dependents: Edges;
  /** Dependencies of each case that have not ended. */
  readonly #pending: Uint32Array;
  /** 1 where one of them did not complete. */
  readonly #isDoomed: Uint8Array;
  /** 1 for cases that have ended, and how. */
  readonly #hasEnded: Uint8Array;
  readonly #hasFailed: Uint8Array;
  readonly #levels: Levels | undefined;
  /** Cases that end because others have: worked off one by one, so that chains may be long. */
  readonly #ending: number[] = [];
  #isWorking = false;

  /** Nobody is told anything before `begin`. */
  constructor(set: TaskSet, handlers: WaitingHandlers) {
    this.#set = set;
    this.#handlers = handlers;
    this.#dependents = reversed(set.dependencies);
    this.#pending = pendingOf(set.dependencies);
    this.#isDoomed = new Uint8Array(set.count);
    this.#hasEnded = new Uint8Array(set.count);
    this.#hasFailed = new Uint8Array(set.count);
    if (set.levels) this.#levels = new Levels(set.levels);
  }

  /** `outcomeOf`: how a case ended in an earlier session; undefined for those that have not. */
  begin(outcomeOf: (index: number) => 'completed' | 'failed' | undefined): void {
    const { count } = this.#set;
    for (let index = 0; index < count; index++) {
      const outcome = outcomeOf(index);
      if (outcome === undefined) continue;
      this.#hasEnded[index] = 1;
      if (outcome === 'failed') this.#hasFailed[index] = 1;
      this.#levels?.remove(index);
      this.#passOn(index, () => {});
    }
    this.#levels?.open(() => {});
    for (let index = 0; index < count; index++) if (this.#hasEnded[index] === 0) this.#decide(index);
    this.#work();
  }

  /** The case has ended for good. */
  end(index: number, hasCompleted: boolean): void {
    this.#hasEnded[index] = 1;
    if (!hasCompleted) this.#hasFailed[index] = 1;
    this.#ending.push(index);
    this.#work();
  }

  /** Dependencies of the case that have not ended, the first `most` of them in their order. */
  waitsFor(index: number, most: number): number[] {
    const { offsets, cases } = this.#set.dependencies;
    const open: number[] = [];
    for (let at = offsets[index]!; at < offsets[index + 1]! && open.length < most; at++) {
      if (this.#hasEnded[cases[at]!] === 0) open.push(cases[at]!);
    }
    return open;
  }

  /** True when cases of a lower level have not ended. */
  isAbove(index: number): boolean {
    return this.#levels !== undefined && !this.#levels.isOpen(index);
  }

  /**
   * Why a cancelled case was: the first of its dependencies, in their order, that did not complete. It depends on the
   * outcomes alone, and not on which of them came first.
   */
  causeOf(index: number): number {
    const cause = this.#failedBefore(index);
    if (cause === undefined) throw new Error(`case ${index} was cancelled without a reason`);
    return cause;
  }

  rootCauseOf(index: number): number {
    let root = this.causeOf(index);
    for (;;) {
      const before = this.#failedBefore(root);
      if (before === undefined) return root;
      root = before;
    }
  }

  #failedBefore(index: number): number | undefined {
    const { offsets, cases } = this.#set.dependencies;
    for (let at = offsets[index]!; at < offsets[index + 1]!; at++) {
      if (this.#hasFailed[cases[at]!] === 1) return cases[at]!;
    }
    return undefined;
  }

  #work(): void {
    // A handler may end cases itself; they are worked off here and not inside.
    if (this.#isWorking) return;
    this.#isWorking = true;
    for (let next = this.#ending.pop(); next !== undefined; next = this.#ending.pop()) {
      this.#levels?.remove(next);
      this.#passOn(next, (index) => this.#decide(index));
      this.#levels?.open((index) => {
        if (this.#hasEnded[index] === 0) this.#decide(index);
      });
    }
    this.#isWorking = false;
  }

  #passOn(ended: number, visit: (index: number) => void): void {
    const { offsets, cases } = this.#dependents;
    for (let at = offsets[ended]!; at < offsets[ended + 1]!; at++) {
      const index = cases[at]!;
      this.#pending[index]!--;
      if (this.#hasFailed[ended] === 1) this.#isDoomed[index] = 1;
      if (this.#pending[index] === 0 && this.#hasEnded[index] === 0) visit(index);
    }
  }

  #decide(index: number): void {
    if (this.#pending[index]! > 0) return;
    if (this.#isDoomed[index] === 1) {
      this.#hasEnded[index] = 1;
      this.#hasFailed[index] = 1;
      this.#ending.push(index);
      this.#handlers.onCancelled(index);
    } else if (this.#levels?.isOpen(index) ?? true) {
      this.#handlers.onReady(index);
    }
  }
}

/** Cases by level, and how many of each have not ended. */
class Levels {
  readonly #levels: Uint32Array;
  readonly #open: Uint32Array;
  /** Cases of each level, one behind the other. */
  readonly #offsets: Uint32Array;
  readonly #cases: Uint32Array;
  /** The highest level whose cases may start. */
  #highest = -1;

  constructor(levels: Uint32Array) {
    this.#levels = levels;
    const count = levels.reduce((most, level) => Math.max(most, level), -1) + 1;
    this.#open = new Uint32Array(count);
    for (const level of levels) this.#open[level]!++;
    this.#offsets = new Uint32Array(count + 1);
    for (let level = 0; level < count; level++) {
      this.#offsets[level + 1] = this.#offsets[level]! + this.#open[level]!;
    }
    this.#cases = new Uint32Array(levels.length);
    const next = this.#offsets.slice(0, count);
    for (let index = 0; index < levels.length; index++) this.#cases[next[levels[index]!]!++] = index;
  }

  isOpen(index: number): boolean {
    return this.#levels[index]! <= this.#highest;
  }

  remove(index: number): void {
    this.#open[this.#levels[index]!]!--;
  }

  /** Opens levels below which nothing is left; `visit` gets their cases. */
  open(visit: (index: number) => void): void {
    while (this.#highest + 1 < this.#open.length && (this.#highest < 0 || this.#open[this.#highest] === 0)) {
      this.#highest++;
      const end = this.#offsets[this.#highest + 1]!;
      for (let at = this.#offsets[this.#highest]!; at < end; at++) visit(this.#cases[at]!);
    }
  }
}
