/** Contributions to the interaction energy by number of bodies, as bars. */
import type { Assembly } from '../assembly/assemble.js';
import { kcalPerMolInHartree } from '../assembly/table.js';
import type { Bsse } from '../input.js';

const width = 640;
const height = 360;
const margin = { left: 84, right: 24, top: 56, bottom: 64 };
const colours: Readonly<Record<Bsse, string>> = { nocp: '#4477aa', cp: '#cc6677', vmfc: '#ddaa33' };

/** Undefined where no contribution of two or more bodies is known. */
export function barPlot({ plan, properties }: Assembly): string | undefined {
  const energy = properties.find(({ property }) => property === 'energy');
  const series = [...(energy?.treatments ?? [])].map(([bsse, { bodies }]) => ({
    bsse,
    bars: bodies.flatMap(({ nbody, level, contribution }) =>
      nbody > 1 && contribution
        ? [{ nbody, isRest: level.kind === 'supersystem', value: contribution[0]! * kcalPerMolInHartree }]
        : [],
    ),
  }));
  const bars = series.flatMap((one) => one.bars);
  if (bars.length === 0) return undefined;
  const groups = [...new Set(bars.map(({ nbody }) => nbody))].sort((a, b) => a - b);
  const [low, high] = rangeOf(bars.map(({ value }) => value));
  const y = (value: number): number =>
    margin.top + ((high - value) / (high - low)) * (height - margin.top - margin.bottom);
  const groupWidth = (width - margin.left - margin.right) / groups.length;
  const barWidth = Math.min(64, (0.7 * groupWidth) / series.length);
  const centre = (group: number): number => margin.left + (group + 0.5) * groupWidth;
  const parts: string[] = [];
  for (const tick of ticksOf(low, high)) {
    parts.push(line(margin.left, y(tick), width - margin.right, y(tick), tick === 0 ? '#333' : '#ddd'));
    parts.push(text(margin.left - 8, y(tick) + 4, shortNumber(tick), 'end'));
  }
  series.forEach(({ bsse, bars: own }, i) => {
    const shift = (i - series.length / 2) * barWidth;
    for (const { nbody, value } of own) {
      const left = centre(groups.indexOf(nbody)) + shift;
      const [top, bottom] = [y(Math.max(0, value)), y(Math.min(0, value))];
      parts.push(
        `<rect x="${n(left)}" y="${n(top)}" width="${n(barWidth - 3)}" height="${n(Math.max(1, bottom - top))}" fill="${colours[bsse]}"><title>${bsse}, ${nbody} bodies: ${value.toFixed(4)} kcal/mol</title></rect>`,
      );
      const label = value < 0 ? bottom + 14 : top - 5;
      parts.push(text(left + barWidth / 2 - 1.5, label, value.toFixed(2), 'middle'));
    }
    parts.push(
      `<rect x="${n(width - 150)}" y="${n(16 + 16 * i)}" width="11" height="11" fill="${colours[bsse]}"/>`,
    );
    parts.push(text(width - 134, 26 + 16 * i, bsse, 'start'));
  });
  groups.forEach((nbody, group) => {
    const isRest = bars.some((bar) => bar.nbody === nbody && bar.isRest);
    parts.push(text(centre(group), height - 30, isRest ? 'all beyond' : `${nbody}-body`, 'middle'));
  });
  parts.push(
    text(margin.left, 26, `${plan.input.name}: contributions to the interaction energy`, 'start', 15),
  );
  parts.push(text(margin.left, 44, 'kcal/mol', 'start'));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  const room = 0.12 * (high - low || 1);
  return [low < 0 ? low - room : 0, high > 0 || low === high ? high + room : 0];
}

/** Multiples of 1, 2 or 5 times a power of ten, about five of them. */
function ticksOf(low: number, high: number): number[] {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step);
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  return `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${colour}"/>`;
}

function text(x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end', size = 12): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${n(x)}" y="${n(y)}" font-size="${size}" text-anchor="${anchor}" fill="#333">${escaped}</text>`;
}
