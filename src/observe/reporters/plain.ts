/** A run as lines of a log: one every few seconds, and one for what matters. */
import type { Progress } from '../../runtime/api.js';
import { formatLevelEnd, formatNotice, formatProgressPlain } from './progress-text.js';
import type { Reporter, TextTarget } from './reporter.js';

const everyMs = 5_000;

export function plainReporter(name: string, target: TextTarget, now: () => number = Date.now): Reporter {
  let latest: Progress | undefined;
  let shown: Progress | undefined;
  let shownAt = now();
  let isFinished = false;
  const show = (progress: Progress): void => {
    shown = progress;
    shownAt = now();
    target.write(`${formatProgressPlain(name, progress)}\n`);
  };
  return {
    onProgress: (progress) => {
      if (isFinished) return;
      latest = progress;
      const isStopping = progress.phase === 'stopping' && shown?.phase !== 'stopping';
      if (isStopping || now() - shownAt >= everyMs) show(progress);
    },
    onLevelCompleted: (level) => target.write(`${formatLevelEnd(name, level)}\n`),
    onNotice: (message) => target.write(`${formatNotice(message)}\n`),
    onFinished: () => {
      if (isFinished) return;
      isFinished = true;
      if (latest && latest !== shown) show(latest);
    },
  };
}

/** Notices only, for `--quiet`. */
export function noticesReporter(target: TextTarget): Reporter {
  return {
    onProgress: () => {},
    onNotice: (message) => target.write(`${formatNotice(message)}\n`),
    onFinished: () => {},
  };
}
