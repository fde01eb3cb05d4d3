/** How long a run still takes: from the costs of what is left, and not from its number. */
import type { CoordinatorState } from '../../coordinator/state.js';
import type { WorkerProgress } from '../api.js';
import { Rate } from './rate.js';

export class Eta {
  /** Time that workers compute, by the clock: how many of them are at work, so to speak. */
  readonly #speed = new Rate();

  /** Undefined before anything is known of times, while nobody computes, and once all that is left is overdue. */
  ms(
    { options: { ledger } }: Pick<CoordinatorState, 'options'>,
    workers: readonly WorkerProgress[],
    nowMs: number,
  ): number | undefined {
    if (!ledger) return undefined;
    const running = workers.flatMap(({ current }) => (current ? [current] : []));
    const begunMs = running.reduce((sum, { forMs }) => sum + forMs, 0);
    const computedMs = ledger.busyMs + begunMs;
    // The time until ranks have come up is no sign of how many will be at work.
    if (computedMs === 0) this.#speed.restart(nowMs, 0);
    else this.#speed.add(nowMs, computedMs);
    const workersAtWork = this.#speed.perSecond() / 1000;
    const { remainingMs } = ledger;
    if (remainingMs === undefined || workersAtWork <= 0) return undefined;
    let doneOfBegunMs = 0;
    let longestMs = 0;
    for (const { first, count, forMs } of running) {
      const wholeMs = ledger.predictMs(first, count) ?? 0;
      doneOfBegunMs += Math.min(forMs, wholeMs);
      longestMs = Math.max(longestMs, wholeMs - forMs);
    }
    const leftMs = Math.max((remainingMs - doneOfBegunMs) / workersAtWork, longestMs);
    // Only cases that take longer than they should are left: nothing says for how long.
    return leftMs > 0 ? leftMs : undefined;
  }
}
