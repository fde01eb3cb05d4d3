import fc from 'fast-check';
import { expect, test } from 'vitest';
import { curvePaths, type Frame } from '../../../src/results/answer/figure/curve.js';
import { figure } from '../../../src/results/answer/figure/figure.js';
import { linearScale, logScale } from '../../../src/results/answer/figure/scale.js';
import { printedUnit } from '../../../src/results/answer/figure/svg.js';

const frame: Frame = { left: 0, top: 0, width: 100, height: 100, x: logScale(1, 100), y: logScale(1, 1e4) };

test('On logarithmic axes a point lies where its logarithms say', () => {
  expect(curvePaths(frame, [1, 10, 100], [1e4, 100, 1])).toEqual({
    positive: 'M0 0L50 50L100 100',
    negative: '',
  });
});

test('Negative values are drawn apart by their size, and a change of sign or a NaN leaves a gap', () => {
  expect(curvePaths(frame, [1, 10, 100], [100, -100, -1])).toEqual({
    positive: 'M0 50h0',
    negative: 'M50 50L100 100',
  });
  expect(curvePaths(frame, [1, 10, 100], [1, Number.NaN, 1]).positive).toBe('M0 100h0M100 100h0');
});

test('Ticks are inside the scale, ascending, and some have labels', () => {
  const exponent = fc.integer({ min: -20, max: 20 });
  fc.assert(
    fc.property(exponent, fc.double({ min: 0.1, max: 18, noNaN: true }), (low, decades) => {
      const [min, max] = [10 ** low, 10 ** (low + decades)];
      for (const scale of [logScale(min, max), linearScale(-min, max)]) {
        const values = scale.ticks.map(({ value }) => value);
        expect(values).toEqual([...values].sort((a, b) => a - b));
        for (const value of values) {
          expect(scale.fraction(value)).toBeGreaterThan(-1e-6);
          expect(scale.fraction(value)).toBeLessThan(1 + 1e-6);
        }
        const labels = scale.ticks.filter(({ label }) => label);
        if (scale.kind === 'linear' || decades > 3) expect(labels.length).toBeGreaterThan(1);
        expect(labels.length).toBeLessThan(14);
      }
    }),
  );
});

test('A figure is well-formed whatever the names, and has no number that is not one', () => {
  const values = Float64Array.of(1, Number.NaN, -3);
  const svg = figure({
    title: 'a < b & "c"',
    subtitle: '',
    panels: [
      {
        axis: { name: '<time>', unit: 's', values: [1, 10, 100] },
        output: { name: 'b', unit: 'T/(A m2)' },
        curves: [values, Float64Array.of(0, 0, 0)],
        median: values,
        p10: values,
        p90: values,
      },
    ],
  });
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
  expect(svg).toContain('T/(A m²)');
  const open = [...svg.matchAll(/<([a-z][A-Za-z]*)[^>]*?(\/?)>/g)].filter(([, , closed]) => closed === '');
  const close = [...svg.matchAll(/<\/([A-Za-z]+)>/g)];
  expect(open.map(([, name]) => name).sort()).toEqual(close.map(([, name]) => name).sort());
});

test.each([
  ['T/(A m2)', 'T/(A m²)'],
  ['m s-1', 'm s⁻¹'],
  ['ohm m', 'ohm m'],
  ['1/s', '1/s'],
])('The unit %s is printed as %s', (unit, printed) => {
  expect(printedUnit(unit)).toBe(printed);
});
