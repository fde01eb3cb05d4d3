/** The parts of a frame below its head. */
import type { WorkerProgress } from '../../runtime/api.js';
import type { LiveState } from '../../runtime/progress/live.js';
import { cleaned, padded } from '../cells.js';
import { formatCount, formatDuration, plural } from '../figures.js';
import type { Style } from '../style.js';
import { lineOf } from './lines.js';
import { caseText, rankTable, roughly } from './rank-table.js';

export interface Section {
  readonly head: readonly string[];
  /** Rows it has, and those below which it is not worth its title. */
  readonly length: number;
  readonly least: number;
  /** Its first `count` rows; the last of them says how many more there are, where there are more. */
  rows(count: number): string[];
}

function sectionOf(
  head: readonly string[],
  length: number,
  least: number,
  columns: number,
  style: Style,
  rowsOf: (count: number) => readonly string[],
): Section {
  return {
    ...{ head, length, least },
    rows: (count) => {
      if (count >= length) return [...rowsOf(length)];
      const shown = Math.max(0, count - 1);
      const more = { text: `  and ${formatCount(length - shown)} more`, paint: style.dim };
      return [...rowsOf(shown), lineOf([more], columns, style.isUnicode)];
    },
  };
}

export function rankSection({ workers, unlisted }: LiveState, columns: number, style: Style): Section {
  const { header } = rankTable([], workers, columns, style);
  return sectionOf([header], workers.length + unlisted, 4, columns, style, (count) => {
    const shown = count >= workers.length ? workers : mostTelling(workers, count);
    return rankTable(shown, workers, columns, style).rows;
  });
}

/** Where not all fit: lost ones and those longest at their work, in the order of their numbers so that rows stay put. */
function mostTelling(workers: readonly WorkerProgress[], count: number): readonly WorkerProgress[] {
  const weight = ({ state, current }: WorkerProgress): number =>
    state === 'lost' ? Number.POSITIVE_INFINITY : (current?.forMs ?? -1);
  return workers
    .toSorted((a, b) => weight(b) - weight(a) || a.worker - b.worker)
    .slice(0, count)
    .sort((a, b) => a.worker - b.worker);
}

interface SlowRow {
  readonly ms: number;
  readonly text: string;
}

/** Cases that still run beside those that are over: both are what a run waits for. */
export function slowSection(live: LiveState, silentMs: number, columns: number, style: Style): Section {
  const over: SlowRow[] = live.slowest.map(({ first, count, caseMs, worker, attempt }) => ({
    ms: caseMs,
    text: `${caseText(first, count)}${count > 1 ? ', each' : ''}, rank ${worker}${attempt > 1 ? `, attempt ${attempt}` : ''}`,
  }));
  const shortest = over.at(-1)?.ms ?? 0;
  const running = live.workers.flatMap(({ worker, current }): SlowRow[] => {
    const ms = roughly((current?.forMs ?? 0) + silentMs);
    if (!current || ms < leastRunningMs || ms < shortest) return [];
    return [{ ms, text: `case ${formatCount(current.first)}, rank ${worker}, still running` }];
  });
  const rows = [...over, ...running].sort((a, b) => b.ms - a.ms).slice(0, mostRows);
  const times = rows.map(({ ms }) => (ms < 1_000 ? `${Math.round(ms)} ms` : formatDuration(ms)));
  const width = Math.max(0, ...times.map(({ length }) => length));
  return sectionOf([titleOf('slowest cases', columns, style)], rows.length, 2, columns, style, (count) =>
    rows
      .slice(0, count)
      .map(({ text }, i) =>
        lineOf([`  ${padded(times[i] ?? '', width, 'right')}  ${text}`], columns, style.isUnicode),
      ),
  );
}

const mostRows = 8;
const leastRunningMs = 1_000;

export function failureSection({ failures }: LiveState, columns: number, style: Style): Section {
  const shown = failures.slice(0, mostRows);
  const names = shown.map(({ status, type }) => cleaned(type === status ? status : `${status} ${type}`));
  const width = Math.max(0, ...names.map(({ length }) => length));
  return sectionOf([titleOf('failures', columns, style)], shown.length, 2, columns, style, (count) =>
    shown.slice(0, count).map(({ count: cases, example, message }, i) => {
      const which = cases === 1 ? '' : `${plural(cases, 'case')}, the first is `;
      const rest = `  ${which}case ${formatCount(example)}: ${cleaned(message)}`;
      const name = { text: padded(names[i] ?? '', width), paint: style.bad };
      return lineOf(['  ', name, rest], columns, style.isUnicode);
    }),
  );
}

export function lastFailureSection(
  { recentFailures, writtenAt }: LiveState,
  silentMs: number,
  columns: number,
  style: Style,
): Section {
  const now = Date.parse(writtenAt) + silentMs;
  const shown = recentFailures.slice(0, mostRows);
  const times = shown.map(({ atMs }) => agoText(now - atMs));
  const width = Math.max(0, ...times.map(({ length }) => length));
  return sectionOf([titleOf('last failures', columns, style)], shown.length, 2, columns, style, (count) =>
    shown.slice(0, count).map(({ case: index, worker, type, message, attempt, isTriedAgain }, i) => {
      const tried = `${attempt > 1 ? `, attempt ${attempt}` : ''}${isTriedAgain ? ', tried again' : ''}`;
      const text = `case ${formatCount(index)}, rank ${worker}${tried}  ${cleaned(type)}: ${cleaned(message)}`;
      return lineOf([`  ${padded(times[i] ?? '', width, 'right')}  ${text}`], columns, style.isUnicode);
    }),
  );
}

function titleOf(text: string, columns: number, style: Style): string {
  return lineOf([{ text, paint: style.dim }], columns, style.isUnicode);
}

/** By the second; `now` for what is younger than one. */
function agoText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return 'now';
  return `${seconds < 60 ? `${seconds} s` : formatDuration(seconds * 1000)} ago`;
}
