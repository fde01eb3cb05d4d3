/** What each rank does, as rows of a table that fits the width it is given. */
import type { WorkerProgress } from '../../runtime/api.js';
import { cellsOf, cleaned, padded } from '../cells.js';
import { formatBytes, formatCount, formatDuration, formatRate } from '../figures.js';
import type { Style } from '../style.js';
import { lineOf, type Piece } from './lines.js';

interface Column {
  readonly title: string;
  readonly side: 'left' | 'right';
  /** Columns of higher rank go first where not all fit. */
  readonly rank: number;
  text(worker: WorkerProgress): string;
}

const columnsOfRanks: readonly Column[] = [
  { title: 'rank', side: 'right', rank: 0, text: ({ worker }) => String(worker) },
  { title: 'host', side: 'left', rank: 4, text: ({ host }) => cleaned(host) },
  { title: 'doing', side: 'left', rank: 0, text: doing },
  {
    title: 'for',
    side: 'right',
    rank: 1,
    text: ({ current }) => (current ? formatDuration(roughly(current.forMs)) : ''),
  },
  { title: 'done', side: 'right', rank: 2, text: ({ done }) => formatCount(done) },
  { title: 'rate', side: 'right', rank: 3, text: ({ rate }) => (rate > 0 ? formatRate(rate) : '') },
  { title: 'failed', side: 'right', rank: 5, text: ({ failed }) => (failed > 0 ? formatCount(failed) : '') },
  {
    title: 'memory',
    side: 'right',
    rank: 6,
    text: ({ memoryBytes }) => (memoryBytes === undefined ? '' : formatBytes(memoryBytes)),
  },
  { title: 'last message', side: 'left', rank: 7, text: ({ lastMessage }) => cleaned(lastMessage ?? '') },
];

const gap = '  ';
/** A message shorter than this says nothing. */
const leastMessage = 16;

export interface RankTable {
  readonly header: string;
  readonly rows: readonly string[];
}

/** `all` decides on columns and their widths, so that a table does not jump when other rows come into view. */
export function rankTable(
  shown: readonly WorkerProgress[],
  all: readonly WorkerProgress[],
  columns: number,
  style: Style,
): RankTable {
  const layout = layoutOf(all, columns);
  const header = layout.map(({ column, width }) => padded(column.title, width, column.side)).join(gap);
  return {
    header: lineOf([{ text: header.trimEnd(), paint: style.dim }], columns, style.isUnicode),
    rows: shown.map((worker) => {
      const cells = layout.map(({ column, width }) => padded(column.text(worker), width, column.side));
      return lineOf([paintedRow(worker, cells.join(gap).trimEnd(), style)], columns, style.isUnicode);
    }),
  };
}

function paintedRow({ state }: WorkerProgress, text: string, style: Style): Piece {
  switch (state) {
    case 'lost':
      return { text, paint: style.bad };
    case 'joining':
    case 'idle':
      return { text, paint: style.dim };
    case 'busy':
      return text;
    default:
      return state satisfies never;
  }
}

/** The columns that have something to say and fit, in order. The message takes what is left. */
function layoutOf(all: readonly WorkerProgress[], columns: number): { column: Column; width: number }[] {
  const wanted = columnsOfRanks
    .map((column) => ({ column, width: Math.max(0, ...all.map((worker) => cellsOf(column.text(worker)))) }))
    .filter(({ column, width }) => width > 0 || column.rank === 0)
    .map(({ column, width }) => ({ column, width: Math.max(width, column.title.length) }));
  const least = ({ column, width }: { column: Column; width: number }): number =>
    (isMessage(column) ? Math.min(width, leastMessage) : width) + gap.length;
  const total = (): number => wanted.reduce((sum, entry) => sum + least(entry), -gap.length);
  while (total() > columns) {
    const last = Math.max(...wanted.map(({ column }) => column.rank));
    if (last === 0) break;
    wanted.splice(
      wanted.findIndex(({ column }) => column.rank === last),
      1,
    );
  }
  return wanted;
}

const isMessage = ({ title }: Column): boolean => title === 'last message';

function doing({ state, current, team }: WorkerProgress): string {
  if (team && (state === 'busy' || state === 'idle')) return `${team.busy} of ${team.ranks} ranks busy`;
  if (state !== 'busy' || !current) return state;
  const { first, count } = current;
  return caseText(first, count);
}

/** `case 7`, `cases 100 – 227`. */
export function caseText(first: number, count: number): string {
  return count === 1
    ? `case ${formatCount(first)}`
    : `cases ${formatCount(first)} – ${formatCount(first + count - 1)}`;
}

/** Looks are a tenth of a second apart: digits below that mean nothing. */
export function roughly(ms: number): number {
  return Math.round(ms / 100) * 100;
}
