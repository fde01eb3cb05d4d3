/** When each rank computed, as a picture: a row a rank, filled as high as the part of the time in which it was busy. */
import { coordinate, element } from '../../results/answer/figure/svg.js';
import type { RankActivity, SessionActivity } from '../../results/execution/activity.js';
import { formatCount, formatDuration, formatPercent } from '../figures.js';

const width = 1070;
const left = 118;
const right = 10;
const allHeight = 54;
const between = 14;

/** Bins over all sessions, and the least that a short one gets. */
const allBins = 360;
const leastBins = 6;
/** More ranks than this share rows. */
const mostRows = 64;

export interface TimelineFacts {
  readonly activity: readonly SessionActivity[];
  /** Processes that took part, of each session. */
  readonly ranks: readonly number[];
  /** Moments at which a rank was lost, of each session, ms since the epoch. */
  readonly lost: readonly (readonly { readonly worker: number; readonly ms: number }[])[];
}

/** Bins for each session, by its length. */
export function binsFor(lengthsMs: readonly number[]): number[] {
  const totalMs = lengthsMs.reduce((sum, ms) => sum + ms, 0) || 1;
  return lengthsMs.map((ms) => Math.max(leastBins, Math.round((ms / totalMs) * allBins)));
}

interface Row {
  readonly label: string;
  readonly title: string;
  readonly isOf: (rank: { readonly host: string; readonly worker: number }) => boolean;
}

export function timelineSvg({ activity, ranks, lost }: TimelineFacts): string {
  const rows = rowsOf(activity);
  const rowHeight = rows.length <= 12 ? 20 : rows.length <= 24 ? 14 : rows.length <= 48 ? 10 : 9;
  const top = activity.length > 1 ? 20 : 4;
  const rowsTop = top + allHeight + 12;
  const bottom = rowsTop + rows.length * rowHeight;
  const height = bottom + 26;
  const places = placesOf(activity);
  const parts: string[] = [label('all ranks', top + allHeight / 2 + 4, 12)];
  rows.forEach((row, r) => {
    parts.push(label(row.label, rowsTop + (r + 0.78) * rowHeight, rowHeight > 12 ? 11 : rowHeight - 1));
  });
  activity.forEach((session, s) => {
    const { from, binWidth } = places[s]!;
    const end = from + binWidth * binsOf(session);
    if (activity.length > 1) {
      parts.push(element('text', { x: from, y: 12 }, `session ${session.session + 1}`));
    }
    parts.push(...axis(session, from, end, top, bottom));
    const all = meanOf(session.ranks, ranks[s] ?? session.ranks.length);
    parts.push(area(all, from, binWidth, top + allHeight, allHeight, 'all', 'all ranks'));
    rows.forEach((row, r) => {
      const members = session.ranks.filter(row.isOf);
      if (members.length === 0) return;
      const base = rowsTop + (r + 1) * rowHeight - 1;
      const size = rowHeight - 3;
      parts.push(
        area(meanOf(members, members.length), from, binWidth, base, size, 'busy', titleOf(row, members)),
      );
      parts.push(failures(members, from, binWidth, base));
      for (const { worker, ms } of lost[s] ?? []) {
        const host = members.find((member) => member.worker === worker)?.host;
        if (host === undefined) continue;
        const bin = Math.min(binsOf(session), Math.max(0, (ms - session.startMs) / session.binMs));
        parts.push(cross(from + bin * binWidth, base - size / 2));
      }
    });
  });
  const content = `<title>When each rank computed</title>${parts.join('\n')}`;
  return element('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img' }, content);
}

const binsOf = ({ startMs, endMs, binMs }: SessionActivity): number =>
  Math.max(1, Math.round((endMs - startMs) / binMs));

function placesOf(activity: readonly SessionActivity[]): { from: number; binWidth: number }[] {
  const bins = activity.reduce((sum, session) => sum + binsOf(session), 0);
  const room = width - left - right - between * Math.max(0, activity.length - 1);
  const binWidth = room / Math.max(1, bins);
  let from = left;
  return activity.map((session) => {
    const place = { from, binWidth };
    from += binsOf(session) * binWidth + between;
    return place;
  });
}

/** A row a rank, or one for several neighbours where there are too many. */
function rowsOf(activity: readonly SessionActivity[]): Row[] {
  const known = new Map<string, { host: string; worker: number }>();
  for (const { ranks } of activity) {
    for (const { host, worker } of ranks) known.set(`${host} ${worker}`, { host, worker });
  }
  const all = [...known.values()].sort((a, b) =>
    a.host < b.host ? -1 : a.host > b.host ? 1 : a.worker - b.worker,
  );
  const inRow = Math.ceil(all.length / mostRows);
  const hasHosts = new Set(all.map(({ host }) => host)).size > 1;
  return Array.from({ length: Math.ceil(all.length / Math.max(1, inRow)) }, (_, r) => {
    const members = all.slice(r * inRow, (r + 1) * inRow);
    const [first] = members;
    const last = members.at(-1);
    const name = members.length === 1 ? `rank ${first?.worker}` : `${first?.worker} – ${last?.worker}`;
    const label = hasHosts ? `${name} · ${first?.host.split('.')[0]}` : name;
    const keys = new Set(members.map(({ host, worker }) => `${host} ${worker}`));
    return {
      label: label.length > 19 ? `${label.slice(0, 18)}…` : label,
      title: members.length === 1 ? `rank ${first?.worker} on ${first?.host}` : `${members.length} ranks`,
      isOf: ({ host, worker }) => keys.has(`${host} ${worker}`),
    };
  });
}

function titleOf({ title }: Row, members: readonly RankActivity[]): string {
  const cases = members.reduce((sum, rank) => sum + rank.cases, 0);
  const busy = meanOf(members, members.length);
  const mean = busy.reduce((sum, part) => sum + part, 0) / busy.length;
  return `${title}: ${formatCount(cases)} cases, busy ${formatPercent(mean, 1)}`;
}

/** Mean over `count` ranks, of which those that did nothing may be missing. */
function meanOf(ranks: readonly RankActivity[], count: number): Float64Array {
  const mean = new Float64Array(ranks[0]?.busy.length ?? 1);
  for (const { busy } of ranks) for (let bin = 0; bin < mean.length; bin++) mean[bin]! += busy[bin]!;
  return mean.map((sum) => Math.min(1, sum / Math.max(1, count)));
}

/** Steps above a base line; neighbours of one height are one step. */
function area(
  parts: Float64Array,
  from: number,
  binWidth: number,
  base: number,
  height: number,
  className: string,
  title: string,
): string {
  let path = `M${coordinate(from)} ${coordinate(base)}`;
  let before = Number.NaN;
  parts.forEach((part, bin) => {
    const y = Math.round((base - part * height) * 10) / 10;
    if (y !== before) path += `H${coordinate(from + bin * binWidth)}V${y}`;
    before = y;
  });
  path += `H${coordinate(from + parts.length * binWidth)}V${coordinate(base)}Z`;
  return element('path', { class: className, d: path }, `<title>${title.replaceAll(/[<>&]/g, ' ')}</title>`);
}

function failures(ranks: readonly RankActivity[], from: number, binWidth: number, base: number): string {
  const bins = new Set<number>();
  for (const { failed } of ranks) {
    for (const [bin, count] of failed.entries()) if (count > 0) bins.add(bin);
  }
  if (bins.size === 0) return '';
  const path = [...bins]
    .sort((a, b) => a - b)
    .map(
      (bin) =>
        `M${coordinate(from + bin * binWidth)} ${coordinate(base)}h${coordinate(Math.max(2, binWidth))}`,
    )
    .join('');
  return element('path', { class: 'failed', d: path, 'stroke-width': 2.5 });
}

function cross(x: number, y: number): string {
  const path = `M${coordinate(x - 3)} ${coordinate(y - 3)}l6 6m0 -6l-6 6`;
  return element('path', { class: 'lost', d: path, 'stroke-width': 2 }, '<title>the rank was lost</title>');
}

function label(text: string, y: number, size: number): string {
  return element(
    'text',
    { class: 'label', x: left - 10, y, 'text-anchor': 'end', style: `font-size:${size}px` },
    escapedLabel(text),
  );
}

const escapedLabel = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Ticks are round times: `0`, `20 ms`, `5 s`, `2:30`, `1:00:00`. */
function tickText(ms: number): string {
  if (ms === 0) return '0';
  return ms >= 1_000 && ms < 60_000 ? `${ms / 1_000} s` : formatDuration(ms);
}

/** Lines at round times since the session's start. */
function axis(session: SessionActivity, from: number, end: number, top: number, bottom: number): string[] {
  const lengthMs = session.endMs - session.startMs;
  const stepMs = roundStep(lengthMs / Math.max(1, (end - from) / 110));
  const parts: string[] = [];
  for (let ms = 0; ms <= lengthMs * 1.0001; ms += stepMs) {
    const x = from + (ms / Math.max(1, lengthMs)) * (end - from);
    parts.push(element('line', { class: 'grid', x1: x, x2: x, y1: top, y2: bottom + 4 }));
    if (x < end - 16 || ms === 0) {
      const anchor = ms === 0 ? 'start' : 'middle';
      parts.push(element('text', { x, y: bottom + 17, 'text-anchor': anchor }, tickText(ms)));
    }
  }
  return parts;
}

const stepsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const stepsSeconds = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 43_200, 86_400,
];

function roundStep(leastMs: number): number {
  const all = [...stepsMs, ...stepsSeconds.map((seconds) => seconds * 1000)];
  return all.find((ms) => ms >= leastMs) ?? Math.ceil(leastMs / 86_400_000) * 86_400_000;
}
