/** Efficiency against length of tasks, a line for each number of workers, a panel for each way of handing out. */
import { linearScale, logScale } from '../../../src/results/answer/figure/scale.js';
import { element, escaped } from '../../../src/results/answer/figure/svg.js';
import { type Handing, lengthsMs, type Point, workerCounts } from './efficiency.js';
import { lengthText } from './tables.js';

const [width, height] = [430, 340];
/** Panels beside each other. */
const across = 2;
const frame = { left: 58, top: 44, width: 350, height: 230 };
const inks = ['#0b4f8a', '#3b8bc9', '#2f9e77', '#c98a1b', '#b8433a'];
const titles: Readonly<Record<Handing, string>> = {
  single: 'one task at a time',
  found: 'adaptive, chunks found at run time',
  'single-tree': 'one task at a time, node coordinators',
  'found-tree': 'adaptive, node coordinators',
};

export function plot(points: readonly Point[]): string {
  const handings = Object.keys(titles) as Handing[];
  const panels = handings.map((handing, i) =>
    element(
      'g',
      { transform: `translate(${(i % across) * width} ${Math.floor(i / across) * height})` },
      panel(points, handing),
    ),
  );
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width * across} ${height * (handings.length / across)}`,
      'font-family': 'sans-serif',
      'font-size': 12,
      fill: '#1b2a3a',
    },
    [
      element(
        'title',
        {},
        'Efficiency of one coordinator, and of node coordinators, by length of tasks and number of workers',
      ),
      element('rect', {
        width: width * across,
        height: height * (handings.length / across),
        fill: '#ffffff',
      }),
      ...panels,
    ].join('\n'),
  );
}

function panel(points: readonly Point[], handing: Handing): string {
  const x = logScale(lengthsMs[0], lengthsMs[lengthsMs.length - 1] as number);
  const y = linearScale(0, 1);
  const along = (ms: number): number => frame.left + x.fraction(ms) * frame.width;
  const down = (value: number): number => frame.top + (1 - y.fraction(value)) * frame.height;
  const bottom = frame.top + frame.height;
  const text = (content: string, attributes: Readonly<Record<string, string | number>>): string =>
    element('text', attributes, escaped(content));
  const grid = y.ticks.map(({ value, label }) => {
    const line = {
      x1: frame.left,
      x2: frame.left + frame.width,
      y1: down(value),
      y2: down(value),
      stroke: '#e9edf1',
    };
    const place = { x: frame.left - 8, y: down(value) + 4, 'text-anchor': 'end' };
    return element('line', line) + text(label?.text ?? '', place);
  });
  const lengths = lengthsMs.map((ms) =>
    text(lengthText(ms), { x: along(ms), y: bottom + 18, 'text-anchor': 'middle', 'font-size': 11 }),
  );
  const lines = workerCounts[handing].map((workers, i) => {
    const own = points.filter((point) => point.handing === handing && point.workers === workers);
    const d = own.map((point) => `${along(point.lengthMs).toFixed(1)} ${down(point.efficiency).toFixed(1)}`);
    const stroke = inks[Math.round(Math.log10(workers)) - 1] as string;
    const key = {
      x: frame.left + frame.width - 8,
      y: bottom - 92 + 18 * i,
      'text-anchor': 'end',
      fill: stroke,
    };
    return (
      element('path', { d: `M${d.join('L')}`, fill: 'none', stroke, 'stroke-width': 2 }) +
      text(`${workers.toLocaleString('en-US')} workers`, key)
    );
  });
  const middle = frame.left + frame.width / 2;
  return [
    text(titles[handing], { x: middle, y: 26, 'text-anchor': 'middle', 'font-size': 14 }),
    ...grid,
    ...lengths,
    ...lines,
    element('rect', {
      x: frame.left,
      y: frame.top,
      width: frame.width,
      height: frame.height,
      fill: 'none',
      stroke: '#1b2a3a',
    }),
    text('length of a task', { x: middle, y: bottom + 42, 'text-anchor': 'middle' }),
    text('part of the time that workers compute', {
      x: 14,
      y: frame.top + frame.height / 2,
      'text-anchor': 'middle',
      transform: `rotate(-90 14 ${frame.top + frame.height / 2})`,
    }),
  ].join('\n');
}
