/** One output over its axis: some cases, the median and the band that holds 80 % of all cases. */
import { bandPath, curvePaths, type Frame } from './curve.js';
import { linearScale, logScale, type Scale, type Tick } from './scale.js';
import { element, escaped, printedUnit } from './svg.js';

export interface PanelData {
  readonly axis: { readonly name: string; readonly unit?: string; readonly values: ArrayLike<number> };
  readonly output: { readonly name: string; readonly unit?: string };
  /** Some cases, each with a value for each value of the axis. */
  readonly curves: readonly Float64Array[];
  readonly median: Float64Array;
  readonly p10: Float64Array;
  readonly p90: Float64Array;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const ink = '#1b2a3a';
const faint = '#6b7a89';
const grid = '#e9edf1';
const accent = '#0b4f8a';
const bandFill = '#3b8bc9';
const curveInk = '#5a6f84';

/** `id` sets this panel's clip path apart from those of the others. */
export function panel(data: PanelData, box: Box, id: string): string {
  const frame = frameOf(data, box);
  const xs = data.axis.values;
  const clip = element(
    'clipPath',
    { id },
    element('rect', { x: frame.left, y: frame.top, width: frame.width, height: frame.height }),
  );
  const opacity = Math.min(0.6, Math.max(0.2, 30 / data.curves.length));
  const curves = data.curves.map((ys) => curvePaths(frame, xs, ys));
  const median = curvePaths(frame, xs, data.median);
  const lines = (d: string, style: Record<string, string | number>) =>
    d === ''
      ? ''
      : element('path', { d, fill: 'none', 'stroke-linecap': 'round', 'stroke-linejoin': 'round', ...style });
  const thin = { stroke: curveInk, 'stroke-width': 0.8, 'stroke-opacity': opacity };
  const edge = { stroke: bandFill, 'stroke-width': 1, 'stroke-opacity': 0.75 };
  const thick = { stroke: accent, 'stroke-width': 2.2 };
  const marks = [
    element('path', { d: bandPath(frame, xs, data.p10, data.p90), fill: bandFill, 'fill-opacity': 0.24 }),
    ...curves.map(({ positive }) => lines(positive, thin)),
    ...curves.map(({ negative }) => lines(negative, { ...thin, 'stroke-dasharray': '2.5 2.5' })),
    ...[data.p10, data.p90].map((ys) => lines(curvePaths(frame, xs, ys).positive, edge)),
    lines(median.positive, thick),
    lines(median.negative, { ...thick, 'stroke-dasharray': '6 5' }),
  ];
  const hasNegative = curves.some(({ negative }) => negative !== '') || median.negative !== '';
  return [
    clip,
    gridLines(frame),
    element('g', { 'clip-path': `url(#${id})` }, marks.join('\n')),
    axes(frame, data),
    legend(frame, data, hasNegative),
  ].join('\n');
}

function frameOf(data: PanelData, { left, top, width, height }: Box): Frame {
  const inner = { left: left + 74, top: top + 8, width: width - 92, height: height - 66 };
  const xs = Array.from(data.axis.values);
  const x = isWide(xs)
    ? logScale(Math.min(...xs), Math.max(...xs))
    : linearScale(Math.min(...xs), Math.max(...xs));
  return { ...inner, x, y: valueScale(data) };
}

/** Beyond these sizes a margin or a difference would leave the range of doubles. */
const [smallest, largest] = [1e-300, 1e300];

/** A logarithmic scale needs values over more than a decade; then outliers near zero, as at a change of sign, are cut. */
function valueScale({ curves, median, p10, p90 }: PanelData): Scale {
  const all = [...curves, median, p10, p90]
    .flatMap((values) => Array.from(values))
    .filter((value) => Math.abs(value) < largest);
  if (all.length === 0) return linearScale(0, 1);
  const sizes = all
    .map(Math.abs)
    .filter((size) => size > smallest)
    .sort((a, b) => a - b);
  const low = sizes[Math.floor(sizes.length * 0.004)];
  const high = sizes.at(-1);
  if (low !== undefined && high !== undefined && high / low > 20) {
    const margin = (high / low) ** 0.03;
    return logScale(low / margin, high * margin);
  }
  const min = all.reduce((a, b) => Math.min(a, b));
  const max = all.reduce((a, b) => Math.max(a, b));
  const margin = (max - min || Math.abs(max) || 1) * 0.05;
  return linearScale(min - margin, max + margin);
}

function isWide(values: readonly number[]): boolean {
  const min = Math.min(...values);
  return min > 0 && Math.max(...values) / min > 20;
}

function gridLines({ left, top, width, height, x, y }: Frame): string {
  const vertical = major(x).map(({ value }) => {
    const at = left + x.fraction(value) * width;
    return element('line', { x1: at, x2: at, y1: top, y2: top + height });
  });
  const horizontal = major(y).map(({ value }) => {
    const at = top + (1 - y.fraction(value)) * height;
    return element('line', { x1: left, x2: left + width, y1: at, y2: at });
  });
  return element('g', { stroke: grid, 'stroke-width': 1 }, [...vertical, ...horizontal].join(''));
}

function major({ ticks }: Scale): Tick[] {
  return ticks.filter(({ label }) => label !== undefined);
}

function axes({ left, top, width, height, x, y }: Frame, { axis, output }: PanelData): string {
  const bottom = top + height;
  const tickLines = [
    ...x.ticks.map(({ value, label }) => {
      const at = left + x.fraction(value) * width;
      return element('line', { x1: at, x2: at, y1: bottom, y2: bottom + (label ? 6 : 3) });
    }),
    ...y.ticks.map(({ value, label }) => {
      const at = top + (1 - y.fraction(value)) * height;
      return element('line', { x1: left, x2: left - (label ? 6 : 3), y1: at, y2: at });
    }),
  ];
  const tickTexts = [
    ...major(x).map((tick) =>
      tickText(tick, { x: left + x.fraction(tick.value) * width, y: bottom + 22, 'text-anchor': 'middle' }),
    ),
    ...major(y).map((tick) =>
      tickText(tick, {
        x: left - 10,
        y: top + (1 - y.fraction(tick.value)) * height + 4.5,
        'text-anchor': 'end',
      }),
    ),
  ];
  const middle = top + height / 2;
  return [
    element('g', { stroke: ink, 'stroke-width': 0.9 }, tickLines.join('')),
    element('rect', { x: left, y: top, width, height, fill: 'none', stroke: ink, 'stroke-width': 0.9 }),
    element('g', { fill: ink, 'font-size': 13 }, tickTexts.join('')),
    element(
      'text',
      { x: left + width / 2, y: bottom + 46, 'text-anchor': 'middle', 'font-size': 14, fill: ink },
      named(axis),
    ),
    element(
      'text',
      {
        x: left - 54,
        y: middle,
        'text-anchor': 'middle',
        'font-size': 14,
        fill: ink,
        transform: `rotate(-90 ${left - 54} ${middle})`,
      },
      named(output),
    ),
  ].join('\n');
}

function tickText({ label }: Tick, attributes: Record<string, string | number>): string {
  const power = label?.power === undefined ? '' : element('tspan', { dy: -5, 'font-size': 9.5 }, label.power);
  return element('text', attributes, `${label?.text ?? ''}${power}`);
}

function named({ name, unit }: { readonly name: string; readonly unit?: string }): string {
  return escaped(unit === undefined ? name : `${name} (${printedUnit(unit)})`);
}

/** Where curves of decaying responses leave room: the upper right corner, on a plate that keeps it readable. */
function legend({ left, top, width }: Frame, { curves }: PanelData, hasNegative: boolean): string {
  const entries: [mark: (y: number) => string, text: string][] = [
    [(y) => sample(y, { stroke: accent, 'stroke-width': 2.2 }), 'median'],
    [
      (y) => element('rect', { x: 0, y: y - 6, width: 26, height: 12, fill: bandFill, 'fill-opacity': 0.24 }),
      'p10 – p90',
    ],
    [
      (y) => sample(y, { stroke: curveInk, 'stroke-width': 1.2, 'stroke-opacity': 0.8 }),
      curves.length === 1 ? '1 case' : `${curves.length} cases`,
    ],
  ];
  if (hasNegative) {
    entries.push([
      (y) => sample(y, { stroke: curveInk, 'stroke-width': 1.4, 'stroke-dasharray': '3 3' }),
      'negative values',
    ]);
  }
  const plateWidth = hasNegative ? 166 : 128;
  const content = entries.map(([mark, text], i) => {
    const y = 18 + i * 20;
    return `${mark(y)}${element('text', { x: 36, y: y + 4.5 }, escaped(text))}`;
  });
  const plate = element('rect', {
    x: -10,
    y: 0,
    width: plateWidth,
    height: 16 + entries.length * 20,
    rx: 4,
    fill: '#ffffff',
    'fill-opacity': 0.86,
    stroke: grid,
  });
  return element(
    'g',
    {
      transform: `translate(${left + width - plateWidth} ${top + 10})`,
      'font-size': 13,
      fill: faint,
    },
    plate + content.join(''),
  );
}

function sample(y: number, style: Record<string, string | number>): string {
  return element('line', { x1: 0, x2: 26, y1: y, y2: y, ...style });
}
