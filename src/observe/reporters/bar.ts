/** A run as one line of a terminal that is drawn again and again. */
import type { Progress } from '../../runtime/api.js';
import type { Style } from '../style.js';
import { formatLevelEnd, formatNotice, formatProgressLine } from './progress-text.js';
import type { Reporter, TextTarget } from './reporter.js';

export interface LineTarget extends TextTarget {
  /** Width of the terminal; asked at each drawing, because a window changes its size. */
  readonly columns: number;
}

/** At most ten times a second: more only flickers, and through mpirun each costs a message. */
const redrawMs = 100;

const clearLine = '\r\u001b[K';

export function barReporter(
  name: string,
  target: LineTarget,
  style: Style,
  now: () => number = Date.now,
): Reporter {
  let latest: Progress | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let isFinished = false;
  const draw = (): void => {
    if (!latest) return;
    // The last column stays empty: some terminals wrap when it is written.
    target.write(clearLine + formatProgressLine(name, latest, target.columns - 1, style));
    drawnAt = now();
  };
  const above = (line: string): void => {
    target.write(`${latest && !isFinished ? clearLine : ''}${line}\n`);
    if (!isFinished) draw();
  };
  return {
    onProgress: (progress) => {
      if (isFinished) return;
      const hasNewPhase = progress.phase !== latest?.phase;
      latest = progress;
      if (hasNewPhase || now() - drawnAt >= redrawMs) draw();
    },
    onLevelCompleted: (level) => above(formatLevelEnd(name, level)),
    onNotice: (message) => above(formatNotice(message)),
    onFinished: () => {
      if (isFinished) return;
      isFinished = true;
      draw();
      if (latest) target.write('\n');
    },
  };
}
