/** How long cases took, as a histogram over a logarithmic axis. */
import { coordinate, element } from '../../results/answer/figure/svg.js';
import type { CaseTimes } from '../../results/execution/case-times.js';
import { formatCount, formatDuration } from '../figures.js';

const width = 520;
const height = 220;
const left = 58;
const right = 26;
const top = 10;
const bottom = 30;

export function histogramSvg({ bins, medianMs }: CaseTimes): string {
  const most = Math.max(1, ...bins.map(({ cases }) => cases));
  const from = Math.log10(bins[0]?.fromMs ?? 1);
  const to = Math.log10(bins.at(-1)?.toMs ?? 10);
  const base = height - bottom;
  const x = (ms: number): number => left + ((Math.log10(ms) - from) / (to - from)) * (width - left - right);
  const y = (cases: number): number => base - (cases / most) * (base - top);
  const parts = [
    ...countTicks(most).flatMap((count) => countTick(count, y(count))),
    ...timeTicks(from, to, x, base),
  ];
  for (const { fromMs, toMs, cases } of bins) {
    if (cases === 0) continue;
    const title = `<title>${formatDuration(fromMs)} to ${formatDuration(toMs)}: ${formatCount(cases)}</title>`;
    const wide = Math.max(1, x(toMs) - x(fromMs) - 1);
    const high = Math.max(1, base - y(cases));
    parts.push(
      element('rect', { class: 'busy', x: x(fromMs), y: base - high, width: wide, height: high }, title),
    );
  }
  parts.push(
    element('line', {
      x1: x(medianMs),
      x2: x(medianMs),
      y1: top,
      y2: base,
      stroke: 'currentColor',
      'stroke-dasharray': '3 3',
    }),
  );
  const content = `<title>How long cases took</title>${parts.join('\n')}`;
  return element('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img' }, content);
}

/** Round counts, three or so. */
function countTicks(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most));
  const step = Math.max(
    1,
    [0.2, 0.5, 1, 2].map((factor) => factor * power).find((size) => most / size <= 4) ?? power,
  );
  const ticks: number[] = [];
  for (let count = 0; count <= most; count += step) ticks.push(count);
  return ticks;
}

function countTick(count: number, y: number): string[] {
  return [
    element('line', { class: 'grid', x1: left, x2: width - right, y1: y, y2: y }),
    element('text', { x: left - 8, y: y + 4, 'text-anchor': 'end' }, formatCount(count)),
  ];
}

/** Decades; where there are less than two of them, 2 and 5 as well. */
function timeTicks(from: number, to: number, x: (ms: number) => number, base: number): string[] {
  const factors = to - from < 2 ? [1, 2, 5] : [1];
  const every = Math.ceil((to - from) / 7);
  const parts: string[] = [];
  for (let decade = Math.floor(from); decade <= to; decade++) {
    if (decade % every !== 0) continue;
    for (const factor of factors) {
      const ms = factor * 10 ** decade;
      if (Math.log10(ms) < from - 1e-9 || Math.log10(ms) > to + 1e-9) continue;
      parts.push(element('path', { class: 'grid', d: `M${coordinate(x(ms))} ${base}v5` }));
      parts.push(element('text', { x: x(ms), y: base + 19, 'text-anchor': 'middle' }, shortDuration(ms)));
    }
  }
  return parts;
}

/** As `formatDuration`, with µs and ns for short times. */
export function shortDuration(ms: number): string {
  if (ms > 0 && ms < 9.95e-4) return `${Number((ms * 1e6).toPrecision(2))} ns`;
  if (ms > 0 && ms < 0.995) return `${Number((ms * 1e3).toPrecision(2))} µs`;
  return ms >= 100 && ms < 995 ? `${Math.round(ms)} ms` : formatDuration(ms);
}
