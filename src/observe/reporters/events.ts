/** A run as an async iterable, for programs that would rather loop than be called. */
import type {
  LevelEnd,
  LevelStart,
  Progress,
  RecentFailure,
  RunOutcome,
  RunStart,
} from '../../runtime/api.js';
import type { Reporter } from './reporter.js';

export type RunEvent =
  | { readonly kind: 'started'; readonly start: RunStart }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'failed'; readonly failed: RecentFailure }
  | { readonly kind: 'level-started'; readonly level: LevelStart }
  | { readonly kind: 'level-completed'; readonly level: LevelEnd }
  | { readonly kind: 'notice'; readonly message: string }
  | { readonly kind: 'finished'; readonly outcome: RunOutcome | undefined };

/** Failed cases that wait for a slow reader; older ones give way, and are in the journal. */
const waitingFailures = 10_000;

/**
 * A reporter and the events that it hears. Whoever reads slowly gets the newest progress instead of all that was
 * missed, so that nothing piles up; the loop ends behind `finished`. One reader at a time.
 */
export function runEvents(): { readonly reporter: Reporter; readonly events: AsyncIterable<RunEvent> } {
  const waiting: RunEvent[] = [];
  let failures = 0;
  let isFinished = false;
  let wake: () => void = () => {};
  const add = (event: RunEvent): void => {
    if (isFinished) return;
    isFinished = event.kind === 'finished';
    if (event.kind === 'progress' && waiting.at(-1)?.kind === 'progress') waiting.pop();
    if (event.kind === 'failed' && ++failures > waitingFailures) {
      waiting.splice(
        waiting.findIndex(({ kind }) => kind === 'failed'),
        1,
      );
      failures--;
    }
    waiting.push(event);
    wake();
  };
  const reporter: Reporter = {
    onStarted: (start) => add({ kind: 'started', start }),
    onProgress: (progress) => add({ kind: 'progress', progress }),
    onCaseFailed: (failed) => add({ kind: 'failed', failed }),
    onLevelStarted: (level) => add({ kind: 'level-started', level }),
    onLevelCompleted: (level) => add({ kind: 'level-completed', level }),
    onNotice: (message) => add({ kind: 'notice', message }),
    onFinished: (outcome) => add({ kind: 'finished', outcome }),
  };
  async function* read(): AsyncGenerator<RunEvent> {
    for (;;) {
      const event = waiting.shift();
      if (event) {
        if (event.kind === 'failed') failures--;
        yield event;
        if (event.kind === 'finished') return;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  }
  return { reporter, events: { [Symbol.asyncIterator]: read } };
}
