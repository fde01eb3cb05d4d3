/** One picture of a running session, for a terminal of a given size. Pure. */
import type { LiveState } from '../../runtime/progress/live.js';
import { cleaned } from '../cells.js';
import { formatBytes, formatCount, formatDuration, formatPercent, formatRate, plural } from '../figures.js';
import { formatBar, rankCounts } from '../reporters/progress-text.js';
import type { Style } from '../style.js';
import { lineOf, type Piece, spreadLine } from './lines.js';
import { failureSection, lastFailureSection, rankSection, type Section, slowSection } from './sections.js';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface FrameFacts {
  readonly name: string;
  readonly live: LiveState;
  /** Since the session last showed itself; 0 while it does so as it should. */
  readonly silentMs: number;
  /** Whether it is the connection to its host that is silent. */
  readonly isUnheard: boolean;
  /** A line of help at the lower edge. */
  readonly help: string;
}

/** At most `rows` lines of at most `columns` cells. */
export function formatFrame(facts: FrameFacts, { columns, rows }: Size, style: Style): string[] {
  const head = headLines(facts, columns, style);
  if (rows <= head.length + 2) return head.slice(0, rows);
  const foot = lineOf([{ text: facts.help, paint: style.dim }], columns, style.isUnicode);
  const { live } = facts;
  const slow = slowSection(live, facts.silentMs, columns, style);
  const failures = failureSection(live, columns, style);
  const last = lastFailureSection(live, facts.silentMs, columns, style);
  const body = fill(
    [rankSection(live, columns, style), failures, slow, last].filter(({ length }) => length > 0),
    [slow, failures, last],
    rows - head.length - 1,
  );
  return [...head, ...body, foot];
}

function headLines({ name, live, silentMs, isUnheard }: FrameFacts, columns: number, style: Style): string[] {
  const { isUnicode } = style;
  const { phase, host, pid, elapsedMs, done, total, rate, etaMs } = live;
  const where = { text: `${host}, process ${pid}`, paint: style.dim };
  const phaseText = phase === 'running' ? 'running for' : `${phase},`;
  const title: Piece[] = [
    { text: cleaned(name), paint: style.bold },
    `  ${phaseText} ${formatDuration(elapsedMs + silentMs)}`,
  ];
  if (silentMs > 0) title.push({ text: `  ${silenceText(silentMs, isUnheard)}`, paint: style.bad });
  const figures = [formatPercent(done, total), `${formatCount(done)}/${formatCount(total)}`];
  if (rate > 0) figures.push(formatRate(rate));
  if (etaMs !== undefined && phase === 'running') figures.push(`ETA ${formatDuration(etaMs)}`);
  const text = figures.join('  ');
  const cells = columns - text.length - 2;
  const bar = cells >= 8 ? `${formatBar(live, cells, style)}  ${text}` : lineOf([text], columns, isUnicode);
  return [
    spreadLine(title, where, columns, isUnicode),
    bar,
    lineOf(queuePieces(live, style), columns, isUnicode),
    '',
  ];
}

export function silenceText(silentMs: number, isUnheard: boolean): string {
  return isUnheard
    ? `no connection for ${formatDuration(silentMs)}; the run goes on there`
    : `no sign of life for ${formatDuration(silentMs)}`;
}

function queuePieces(live: LiveState, style: Style): Piece[] {
  const { failed, retries, queue, isThrottled, journalBytes, backlogBytes } = live;
  const { busy, idle, joining, lost } = rankCounts(live.workers);
  const pieces: Piece[] = [];
  const add = (text: string, paint?: Style['bad']): void => {
    if (pieces.length > 0) pieces.push(', ');
    pieces.push(paint ? { text, paint } : text);
  };
  add(`${busy} busy`);
  if (idle > 0) add(`${idle} idle`);
  if (joining > 0) add(`${joining} joining`);
  if (lost > 0) add(`${lost} lost`, style.bad);
  if (failed > 0) add(`${formatCount(failed)} failed`, style.bad);
  if (retries > 0) add(retries === 1 ? '1 retry' : `${formatCount(retries)} retries`);
  add(`${formatCount(queue.waiting)} waiting`);
  if (queue.dependencies > 0) add(`${formatCount(queue.dependencies)} of them for others`);
  if (queue.resources > 0) add(`${formatCount(queue.resources)} of them for room`);
  if (queue.late > 0) add(`${formatCount(queue.late)} without time`);
  add(`${formatCount(queue.inFlight)} in flight`);
  if (queue.backOff > 0) add(`${formatCount(queue.backOff)} in back-off`);
  if (queue.memory > 0) add(`${formatCount(queue.memory)} for more memory`);
  if (queue.suspects > 0) add(`${plural(queue.suspects, 'case')} to try alone`);
  add(`journal ${formatBytes(journalBytes)}`);
  if (isThrottled) add(`waits for the disk (${formatBytes(backlogBytes)})`, style.bad);
  return pieces;
}

/**
 * Sections, each with its title and an empty line behind it: the first, then those of `order`. Each first gets the rows
 * it cannot do without, in the order of `sections`; of what is left the first takes what it wants, and the others share
 * the rest.
 */
function fill(sections: readonly Section[], order: readonly Section[], rows: number): string[] {
  const given = new Map<Section, number>();
  let left = rows;
  for (const section of sections) {
    const least = Math.min(section.length, section.least);
    if (section.head.length + least + 1 > left) continue;
    given.set(section, least);
    left -= section.head.length + least + 1;
  }
  const [first] = given;
  if (first) {
    const more = Math.min(left, first[0].length - first[1]);
    given.set(first[0], first[1] + more);
    left -= more;
  }
  for (let before = -1; left > 0 && left !== before; ) {
    before = left;
    for (const [section, count] of given) {
      if (count === section.length || left === 0) continue;
      given.set(section, count + 1);
      left--;
    }
  }
  const place = ([section]: readonly [Section, number]): number => order.indexOf(section);
  return [...given]
    .sort((a, b) => place(a) - place(b))
    .flatMap(([section, count]) => [...section.head, ...section.rows(count), '']);
}
