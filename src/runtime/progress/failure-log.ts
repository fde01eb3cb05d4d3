/** What went wrong in this session, for those who watch: counts by kind, and the last few failures with their reason. */
import type { FailedCase } from '../../coordinator/comm.js';
import type { FailureKind, RecentFailure } from '../api.js';

const recentCount = 12;
/** Kinds kept; a kernel may invent one for each case, and those behind these are counted in `failed` alone. */
const kindLimit = 256;
/** Of what a failed case said: enough to see what is wrong, and `live.json` stays small. */
const messageLength = 500;

type Count = { -readonly [K in keyof FailureKind]: FailureKind[K] };

export class FailureLog {
  readonly #kinds = new Map<string, Count>();
  readonly #recent: RecentFailure[] = [];

  /** `before`: what earlier sessions left. */
  constructor(before: readonly FailureKind[] = []) {
    for (const kind of before) this.#kinds.set(`${kind.status} ${kind.type}`, { ...kind });
  }

  /** The last ones, newest first. */
  get recent(): readonly RecentFailure[] {
    return this.#recent.toReversed();
  }

  /** Most frequent first. */
  get kinds(): readonly FailureKind[] {
    return [...this.#kinds.values()].sort((a, b) => b.count - a.count);
  }

  add(failed: FailedCase, atMs: number): RecentFailure {
    const entry = { ...failed, message: failed.message.slice(0, messageLength), atMs };
    if (this.#recent.length === recentCount) this.#recent.shift();
    this.#recent.push(entry);
    if (!failed.isTriedAgain) this.#count(entry);
    return entry;
  }

  #count({ case: example, status, type, message }: RecentFailure): void {
    const key = `${status} ${type}`;
    const kind = this.#kinds.get(key);
    if (!kind) {
      if (this.#kinds.size < kindLimit) this.#kinds.set(key, { status, type, message, example, count: 1 });
      return;
    }
    kind.count++;
    if (example > kind.example) return;
    kind.example = example;
    kind.message = message;
  }
}
