/** A run that is watched by a log: one frame, then a line for each change. */
import type { LiveState } from '../../runtime/progress/live.js';
import { cleaned } from '../cells.js';
import { formatCount } from '../figures.js';
import { formatProgressPlain, rankCounts } from '../reporters/progress-text.js';
import type { Style } from '../style.js';
import { formatFrame, silenceText } from './frame.js';
import type { Sight } from './look.js';

/** Progress alone is worth a line this often. */
const everyMs = 5_000;
/** A log has no width; this one keeps tables readable. */
const columns = 160;

type LiveSight = Extract<Sight, { kind: 'live' }>;

/** The lines that a new sight adds to the log. */
export type PlainWatch = (sight: LiveSight, nowMs: number) => string[];

export function plainWatch(name: string, style: Style): PlainWatch {
  let before: LiveState | undefined;
  let shownMs = 0;
  let wasSilent = false;
  return ({ live, silentMs, isUnheard }, nowMs) => {
    const lines: string[] = [];
    if (!before) {
      lines.push(
        ...formatFrame({ name, live, silentMs, isUnheard, help: '' }, { columns, rows: 1_000 }, style),
      );
      while (lines.at(-1) === '') lines.pop();
      shownMs = nowMs;
    } else {
      for (const { case: index, status, type, message, isTriedAgain } of newFailures(before, live)) {
        const next = isTriedAgain ? ' and is tried again' : '';
        lines.push(
          `${name}: case ${formatCount(index)} ${status}${next}, ${cleaned(type)}: ${cleaned(message)}`,
        );
      }
      const hasNews = live.done !== before.done && nowMs - shownMs >= everyMs;
      if (hasNews || live.phase !== before.phase || lostIn(live) !== lostIn(before)) {
        lines.push(formatProgressPlain(name, live));
        shownMs = nowMs;
      }
    }
    if (silentMs > 0 && !wasSilent) lines.push(`${name}: ${silenceText(silentMs, isUnheard)}`);
    if (silentMs === 0 && wasSilent) lines.push(`${name}: shows itself again`);
    wasSilent = silentMs > 0;
    // What has only been seen is compared with again; what was shown is the measure of the next line.
    before = before && lines.length === 0 ? { ...live, done: before.done } : live;
    return lines;
  };
}

/** Oldest first. */
function newFailures(before: LiveState, live: LiveState): LiveState['recentFailures'] {
  const last = before.recentFailures[0];
  const known = live.recentFailures.findIndex(
    ({ case: index, atMs }) => index === last?.case && atMs === last.atMs,
  );
  return (known === -1 ? live.recentFailures : live.recentFailures.slice(0, known)).toReversed();
}

const lostIn = ({ workers }: LiveState): number => rankCounts(workers).lost;
