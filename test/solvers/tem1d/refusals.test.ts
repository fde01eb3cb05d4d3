/** Input that cannot be used is refused before anything is computed, and says where and why. */
import { describe, expect, it } from 'vitest';
import type { ColumnSpec } from '../../../src/codec/columns.js';
import { InputError } from '../../../src/errors/input-error.js';
import { evaluateModel } from '../../../src/solvers/tem1d/evaluate.js';
import { tem1d } from '../../../src/solvers/tem1d/index.js';
import type { ColumnSupport } from '../../../src/study/solver.js';

const good = { resistivities: [100, 10], depths: [0, 30], times: [1e-5, 1e-4] };

async function refusal(input: object): Promise<string> {
  try {
    await evaluateModel(input);
  } catch (error) {
    if (error instanceof InputError) return error.describe();
    throw error;
  }
  throw new Error('the input was accepted');
}

describe('eval', () => {
  it('takes depths with and without the surface, and thicknesses, for one model', async () => {
    const expected = (await evaluateModel(good)).responses;
    expect((await evaluateModel({ ...good, depths: [30] })).responses).toEqual(expected);
    const { depths, ...rest } = good;
    expect((await evaluateModel({ ...rest, thicknesses: [depths[1]] })).responses).toEqual(expected);
  });

  it('takes a jump given as two equal times for the switch-off', async () => {
    const jump = await evaluateModel({ ...good, waveform: { times: [0, 0], currents: [1, 0] } });
    expect(jump).toEqual(await evaluateModel(good));
  });

  it('answers nothing before the current first changes', async () => {
    const { responses } = await evaluateModel({
      ...good,
      times: [-2e-3, 1e-5],
      waveform: { times: [-1e-3, 0], currents: [1, 0] },
    });
    expect(responses[0]).toBe(0);
    expect(responses[1]).toBeGreaterThan(0);
  });

  it('gives gates in the order asked for', async () => {
    const { responses } = await evaluateModel({ ...good, times: [1e-4, 1e-5, 1e-4] });
    expect(responses[0]).toBe(responses[2]);
    expect(responses[1]).toBeGreaterThan(responses[0] as number);
  });

  it.each([
    ['an unknown key', { ...good, tx_raea: 1 }, /tx_raea.*tx_area/s],
    ['no resistivities', { depths: [0], times: [1e-5] }, /resistivities.*Missing/],
    ['no times', { resistivities: [1] }, /times.*Missing/],
    ['a resistivity below 0', { ...good, resistivities: [100, -10] }, /resistivities\[1\].*-10/],
    ['depths that do not increase', { ...good, depths: [0, 0] }, /depths\[1\].*do not increase/],
    ['a first depth under the surface', { ...good, depths: [1, 30] }, /depths\[0\].*expected 0, got 1/],
    ['depths that do not fit', { ...good, depths: [0, 1, 2] }, /depths.*2 tops.*got 3/],
    ['depths and thicknesses', { ...good, thicknesses: [30] }, /both/],
    ['no depths', { resistivities: [1, 2], times: [1e-5] }, /depths/],
    ['a gate at the switch-off', { ...good, times: [0, 1e-5] }, /times\[0\].*behind the jump/],
    ['a gate before the switch-off', { ...good, times: [1e-5, -1] }, /times\[1\].*behind the jump/],
    ['a loop without area', { ...good, tx_area: 0 }, /tx_area/],
    [
      'a receiver on the wire',
      { ...good, tx_area: Math.PI * 100, tx_rx_separation: 10 },
      /tx_rx_separation.*wire/,
    ],
    ['a response of another kind', { ...good, response: 'dbdz' }, /response/],
    [
      'a waveform that goes back',
      { ...good, waveform: { times: [0, -1], currents: [1, 0] } },
      /waveform\.times\[1\]/,
    ],
    [
      'a waveform of unequal lengths',
      { ...good, waveform: { times: [0, 1], currents: [1, 0, 0] } },
      /currents/,
    ],
    ['no filter frequency', { ...good, lowpass: [0] }, /lowpass\[0\]/],
  ])('refuses %s', async (_, input, words) => {
    expect(await refusal(input)).toMatch(words);
  });
});

describe('a study', () => {
  const settings = tem1d.settingsSchema.parse({ times: [1e-4] });
  const columns: ColumnSpec[] = [
    { name: 'resistivities', dtype: 'float64', shape: [2] },
    { name: 'depths', dtype: 'float64', shape: [2] },
  ];
  const support = (name: string, min: number[], max: number[], more: object = {}): ColumnSupport => ({
    name,
    min,
    max,
    isLiteral: true,
    isTight: true,
    file: 'study.yaml',
    line: 7,
    field: `parameters.${name}`,
    ...more,
  });
  const depths = support('depths', [0, 10], [0, 50]);
  const check = (...supports: ColumnSupport[]): void => tem1d.check({ settings, columns }, supports);

  it('may draw from distributions that reach beyond what can be: those cases fail alone', () => {
    const normal = { isLiteral: false };
    check(support('resistivities', [1, -Infinity], [100, Infinity], normal), depths);
    check(support('resistivities', [1, -3], [100, 5], { isLiteral: false, isTight: false }), depths);
    check(support('resistivities', [1, 1], [9, 9]), support('depths', [0, -5], [0, 50], { isTight: false }));
  });

  it.each([
    ['a literal below 0', support('resistivities', [-5, 1], [100, 9])],
    ['a range below 0', support('resistivities', [1, -5], [1, -1], { isTight: false })],
    ['NaN', support('resistivities', [Number.NaN, 1], [Number.NaN, 1])],
    ['a first depth that is not 0', support('depths', [1, 10], [1, 20])],
    ['depths that cannot increase', support('depths', [0, 0], [0, 0])],
  ])('is refused for %s, with the place', (_, bad) => {
    const others = bad.name === 'depths' ? [support('resistivities', [1, 1], [9, 9])] : [depths];
    try {
      check(bad, ...others);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).facts).toMatchObject({ file: 'study.yaml', line: 7 });
      return;
    }
    throw new Error('the study was accepted');
  });
});
