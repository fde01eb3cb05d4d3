/**
 * A run as JSON lines, for programs that follow it. Each line has `event` and `at` (ISO 8601):
 *
 *   started         name, run directory, cases, ranks, …
 *   progress        about once a second and at each change of phase
 *   failed          a case that did not complete: case, attempt, worker, status, type, message
 *   level-started, level-completed      of studies with levels
 *   notice          what a user should see once
 *   finished        the outcome, as `run --json` prints it; `state` is `broken off` when the run did not come to one
 */
import type { Progress, RunOutcome } from '../../runtime/api.js';
import { rankCounts } from './progress-text.js';
import type { Reporter, TextTarget } from './reporter.js';

const everyMs = 1_000;
/** Failed cases told in a second; the journal has all of them, and a reader must not drown. */
const failuresPerSecond = 100;

export function jsonLinesReporter(target: TextTarget, now: () => number = Date.now): Reporter {
  let phase: Progress['phase'] | undefined;
  let shownAt = Number.NEGATIVE_INFINITY;
  let isFinished = false;
  let toldFailures = 0;
  let untoldFailures = 0;
  const write = (event: string, fields: object): void => {
    if (isFinished) return;
    target.write(`${JSON.stringify({ event, at: new Date(now()).toISOString(), ...fields })}\n`);
  };
  return {
    onStarted: (start) => write('started', start),
    onProgress: (progress) => {
      if (progress.phase === phase && now() - shownAt < everyMs) return;
      phase = progress.phase;
      shownAt = now();
      write('progress', { ...figuresOf(progress), ...(untoldFailures > 0 && { untoldFailures }) });
      toldFailures = 0;
    },
    onCaseFailed: ({ atMs: _, ...failed }) => {
      if (toldFailures++ < failuresPerSecond) write('failed', failed);
      else untoldFailures++;
    },
    onLevelStarted: (level) => write('level-started', level),
    onLevelCompleted: (level) => write('level-completed', level),
    onNotice: (message) => write('notice', { message }),
    onFinished: (outcome: RunOutcome | undefined) => {
      write('finished', outcome ?? { state: 'broken off' });
      isFinished = true;
    },
  };
}

/** A line is for following, so that lists of workers and cases stay in `live.json`. */
function figuresOf(progress: Progress): object {
  const { workers, slowest: _, recentFailures: __, ...figures } = progress;
  return { ...figures, ranks: rankCounts(workers) };
}
