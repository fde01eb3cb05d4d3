/** The words and the bar of a run's progress. Pure: what a terminal does with them is the reporter's. */
import type { LevelEnd, Progress, WorkerProgress } from '../../runtime/api.js';
import { formatCount, formatDuration, formatPercent, formatRate, plural } from '../figures.js';
import type { Style } from '../style.js';

const phaseNames = {
  starting: 'starting',
  running: '',
  stopping: 'stopping',
  assembling: 'assembling',
  finished: '',
} as const satisfies Record<Progress['phase'], string>;

interface ProgressPart {
  readonly text: string;
  readonly isBad?: boolean;
  /** A narrow terminal leaves out the highest first; what it always shows has 0. */
  readonly leavesAt: number;
}

/** What follows the bar, in the order in which it is read. */
export function progressParts(progress: Progress): readonly ProgressPart[] {
  const { done, total, failed, retries, rate, etaMs, phase, workers, isThrottled } = progress;
  const parts: ProgressPart[] = [
    { text: formatPercent(done, total), leavesAt: 0 },
    { text: `${formatCount(done)}/${formatCount(total)}`, leavesAt: 0 },
  ];
  if (phaseNames[phase]) parts.push({ text: phaseNames[phase], leavesAt: 3 });
  if (phase === 'running' && rate > 0) parts.push({ text: formatRate(rate), leavesAt: 5 });
  if (phase === 'running' && etaMs !== undefined) {
    parts.push({ text: `ETA ${formatDuration(etaMs)}`, leavesAt: 2 });
  }
  if (failed > 0) parts.push({ text: `${formatCount(failed)} failed`, isBad: true, leavesAt: 1 });
  if (retries > 0) {
    parts.push({ text: retries === 1 ? '1 retry' : `${formatCount(retries)} retries`, leavesAt: 7 });
  }
  // Who stops a run waits for those that are still busy.
  if ((phase !== 'running' && phase !== 'stopping') || workers.length === 0) return parts;
  const { joining, busy, idle, lost } = rankCounts(workers);
  if (isThrottled) parts.push({ text: 'waits for the disk', isBad: true, leavesAt: 4 });
  parts.push({ text: `${busy}/${joining + busy + idle} busy`, leavesAt: 8 });
  if (lost > 0) parts.push({ text: `${lost} lost`, isBad: true, leavesAt: 6 });
  return parts;
}

export type RankCounts = { readonly [S in WorkerProgress['state']]: number };

/** A node coordinator counts as the ranks behind it. */
export function rankCounts(workers: Progress['workers']): RankCounts {
  const counts = { joining: 0, busy: 0, idle: 0, lost: 0 };
  for (const { state, team } of workers) {
    if (team && (state === 'busy' || state === 'idle')) {
      counts.busy += team.busy;
      counts.idle += team.ranks - team.busy;
    } else {
      counts[state] += team ? team.ranks : 1;
    }
  }
  return counts;
}

export function formatNotice(message: string): string {
  return `note: ${message}`;
}

export function formatLevelEnd(name: string, { level, cases, failed, elapsedMs }: LevelEnd): string {
  const bad = failed > 0 ? `, ${formatCount(failed)} failed` : '';
  return `${name}: level ${level} is complete, ${plural(cases, 'case')} in ${formatDuration(elapsedMs)}${bad}`;
}

const widestBar = 32;
const narrowestBar = 8;

/** One line of at most `columns` cells: name, bar, figures. The bar shrinks first, then the least figures go. */
export function formatProgressLine(name: string, progress: Progress, columns: number, style: Style): string {
  const parts = [...progressParts(progress)];
  const width = (): number => name.length + 1 + parts.reduce((sum, { text }) => sum + 2 + text.length, 0);
  while (parts.length > 2 && width() + narrowestBar > columns) parts.splice(leastOf(parts), 1);
  const barCells = Math.min(widestBar, columns - width());
  const pieces = [name];
  if (barCells >= narrowestBar) pieces.push(` ${formatBar(progress, barCells, style)}`);
  else if (width() > columns) pieces.pop();
  for (const { text, isBad } of parts) pieces.push(`  ${isBad ? style.bad(text) : text}`);
  return pieces.join('').trimStart();
}

function leastOf(parts: readonly ProgressPart[]): number {
  return parts.reduce((least, { leavesAt }, i) => (leavesAt > parts[least]!.leavesAt ? i : least), 0);
}

/** Plain text for logs: no bar, everything else. */
export function formatProgressPlain(name: string, progress: Progress): string {
  return `${name}: ${progressParts(progress)
    .map(({ text }) => text)
    .join(', ')}`;
}

/** A bar of `cells` cells; half cells where the terminal has them. A bar is full only when everything is done. */
export function formatBar(
  { done, total }: Pick<Progress, 'done' | 'total'>,
  cells: number,
  style: Style,
): string {
  const fraction = total === 0 ? 1 : Math.min(1, done / total);
  if (!style.isUnicode) {
    const filled = Math.floor(fraction * (cells - 2));
    return `[${'#'.repeat(filled)}${'.'.repeat(cells - 2 - filled)}]`;
  }
  const halves = Math.floor(fraction * cells * 2);
  const full = Math.floor(halves / 2);
  const half = halves % 2 === 1 ? '╸' : '';
  const paint = fraction === 1 ? style.good : style.accent;
  return paint('━'.repeat(full) + half) + style.dim('─'.repeat(cells - full - half.length));
}
