/** Shows a run's progress: one line redrawn on a terminal, a plain line every few seconds elsewhere. */
import type { Progress } from '../runtime/api.js';
import { formatProgressLine, formatProgressPlain } from './progress-text.js';
import type { Style } from './style.js';

export interface ProgressTarget {
  write(text: string): void;
  /** Width of the terminal; 0 where there is none, as on the terminals that mpirun makes for its ranks. */
  readonly columns: number;
}

export interface ProgressReporter {
  update(progress: Progress): void;
  /** A line for the user, above the progress line. */
  notice(message: string): void;
  /** Draws the last state for good and ends the line. Idempotent. */
  finish(): void;
}

/** At most ten times a second: more only flickers, and through mpirun each costs a message. */
const redrawMs = 100;
const plainMs = 5_000;

const clearLine = '\r\u001b[K';

export function createProgressReporter(
  name: string,
  target: ProgressTarget,
  style: Style,
  now: () => number = Date.now,
): ProgressReporter {
  return target.columns > 0 ? redrawnReporter(name, target, style, now) : plainReporter(name, target, now);
}

/** For `--quiet`: notices only. */
export function createQuietReporter(target: ProgressTarget): ProgressReporter {
  return { update: () => {}, notice: (message) => target.write(`${message}\n`), finish: () => {} };
}

function redrawnReporter(
  name: string,
  target: ProgressTarget,
  style: Style,
  now: () => number,
): ProgressReporter {
  let latest: Progress | undefined;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let isFinished = false;
  const draw = (): void => {
    if (!latest) return;
    // The last column stays empty: some terminals wrap when it is written.
    target.write(clearLine + formatProgressLine(name, latest, target.columns - 1, style));
    drawnAt = now();
  };
  return {
    update: (progress) => {
      if (isFinished) return;
      const hasNewPhase = progress.phase !== latest?.phase;
      latest = progress;
      if (hasNewPhase || now() - drawnAt >= redrawMs) draw();
    },
    notice: (message) => {
      target.write(`${latest && !isFinished ? clearLine : ''}${message}\n`);
      if (!isFinished) draw();
    },
    finish: () => {
      if (isFinished) return;
      isFinished = true;
      draw();
      if (latest) target.write('\n');
    },
  };
}

function plainReporter(name: string, target: ProgressTarget, now: () => number): ProgressReporter {
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
    update: (progress) => {
      if (isFinished) return;
      latest = progress;
      const isStopping = progress.phase === 'stopping' && shown?.phase !== 'stopping';
      if (isStopping || now() - shownAt >= plainMs) show(progress);
    },
    notice: (message) => target.write(`${message}\n`),
    finish: () => {
      if (isFinished) return;
      isFinished = true;
      if (latest && latest !== shown) show(latest);
    },
  };
}
