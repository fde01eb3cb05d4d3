/** One look at a run from outside: what its session shows, that it shows nothing yet, or that it is over. */
import { whetherAlive } from '../../process/identity.js';
import type { LiveState } from '../../runtime/progress/live.js';
import { readLock } from '../../store/lock.js';
import { ageOf, readLiveState } from '../live-state.js';

export type Sight =
  | {
      readonly kind: 'live';
      readonly live: LiveState;
      readonly silentMs: number;
      /** It is the connection to its host that is silent: of the run nothing is known. */
      readonly isUnheard: boolean;
    }
  /** A session has the run directory and has not shown itself. */
  | { readonly kind: 'waiting'; readonly host: string; readonly pid: number }
  /** No session is at work. */
  | { readonly kind: 'over' };

/** Whoever can look at one run again and again. */
export interface Looker {
  look(nowMs: number): Sight;
}

/** A session shows itself each second; a busy file system may keep that from us for a while. */
const patienceMs = 6_000;

/**
 * Looks at one run again and again. How long a session has been silent is taken from when its file changed for this
 * watcher: clocks of two hosts differ. At the first look there is nothing but the clocks.
 */
export class Watcher implements Looker {
  readonly #runDir: string;
  #seen = '';
  #changedMs = 0;
  #last: LiveState | undefined;

  constructor(runDir: string) {
    this.#runDir = runDir;
  }

  look(nowMs: number): Sight {
    const owner = readLock(this.#runDir);
    if (owner?.state !== 'held' || whetherAlive(owner) === 'dead') return { kind: 'over' };
    const { host, pid } = owner;
    // What an earlier session left is not of this one; what could not be read just now was there a moment ago.
    const isOwn = (live: LiveState | undefined): boolean => live?.host === host && live.pid === pid;
    const read = readLiveState(this.#runDir);
    const live = isOwn(read) ? read : isOwn(this.#last) ? this.#last : undefined;
    if (!live) return { kind: 'waiting', host, pid };
    this.#note(live, nowMs);
    return { kind: 'live', live, silentMs: this.#silence(live, nowMs), isUnheard: false };
  }

  #note(live: LiveState, nowMs: number): void {
    const mark = `${live.host} ${live.pid} ${live.sequence}`;
    if (mark === this.#seen) return;
    this.#changedMs = this.#last ? nowMs : nowMs - ageOf(live, nowMs);
    this.#seen = mark;
    this.#last = live;
  }

  #silence(live: LiveState, nowMs: number): number {
    const silentMs = nowMs - this.#changedMs;
    return isQuiet(live) || silentMs < patienceMs ? 0 : silentMs;
  }
}

/** Whoever assembles results is at work and may have no time to show itself. */
export function isQuiet({ phase }: LiveState): boolean {
  return phase === 'assembling' || phase === 'finished';
}
