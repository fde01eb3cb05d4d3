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

/** What follows the bar, most important first, so that a narrow terminal drops the end. */
export function progressParts(
  progress: Progress,
): readonly { readonly text: string; readonly isBad?: boolean }[] {
  const { done, total, failed, retries, rate, etaMs, phase, workers, isThrottled } = progress;
  const parts: { text: string; isBad?: boolean }[] = [
    { text: formatPercent(done, total) },
    { text: `${formatCount(done)}/${formatCount(total)}` },
  ];
  if (phaseNames[phase]) parts.push({ text: phaseNames[phase] });
  if (phase === 'running' && rate > 0) parts.push({ text: formatRate(rate) });
  if (phase === 'running' && etaMs !== undefined) parts.push({ text: `ETA ${formatDuration(etaMs)}` });
  if (failed > 0) parts.push({ text: `${formatCount(failed)} failed`, isBad: true });
  if (retries > 0) parts.push({ text: retries === 1 ? '1 retry' : `${formatCount(retries)} retries` });
  if (phase !== 'running' || workers.length === 0) return parts;
  const { joining, busy, idle, lost } = rankCounts(workers);
  if (isThrottled) parts.push({ text: 'waits for the disk', isBad: true });
  parts.push({ text: `${busy}/${joining + busy + idle} busy` });
  if (lost > 0) parts.push({ text: `${lost} lost`, isBad: true });
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

/** One line of at most `columns` cells: name, bar, figures. The bar shrinks first, then the last figures go. */
export function formatProgressLine(name: string, progress: Progress, columns: number, style: Style): string {
  const parts = [...progressParts(progress)];
  const width = (): number => name.length + 1 + parts.reduce((sum, { text }) => sum + 2 + text.length, 0);
  while (parts.length > 2 && width() + narrowestBar > columns) parts.pop();
  const barCells = Math.min(widestBar, columns - width());
  const pieces = [name];
  if (barCells >= narrowestBar) pieces.push(` ${formatBar(progress, barCells, style)}`);
  else if (width() > columns) pieces.pop();
  for (const { text, isBad } of parts) pieces.push(`  ${isBad ? style.bad(text) : text}`);
  return pieces.join('').trimStart();
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
