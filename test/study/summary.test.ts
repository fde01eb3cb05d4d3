import { describe, expect, it } from 'vitest';
import { summarizeStudy } from '../../src/study/summary.js';
import { load } from './support.js';

const lines = async (text: string): Promise<string[]> =>
  summarizeStudy(await load(text)).map(({ label, text: said }) => `${label}: ${said}`);

describe('summarizeStudy', () => {
  it('says where every value comes from', async () => {
    expect(
      await lines(`
name: all
description: one of each
solver: fake
sample: { count: 100000, method: lhs, seed: 42 }
parameters:
  rho: { loguniform: [1, 1000], size: 3 }
  h: { normal: { mean: 30, std: 5, min: 1 } }
  g: { lognormal: [0, 1] }
  a: { linspace: [0, 1, 11] }
  b: [1, 2]
  c: 7
  k: { value: [1, 2] }
  label: text
derived:
  depths: [0, h, h + 10]
  double: 2 * rho
`),
    ).toEqual([
      'study: all: one of each',
      'kernel: fake 1 (built in)',
      'cases: 2,200,000 (11 × 2 × 100,000 points of a Latin hypercube, seed 42)',
      'rho: loguniform 1 … 1000, 3 elements',
      'h: normal, mean 30, standard deviation 5, cut to 1 … ∞',
      'g: lognormal, mean 0, standard deviation 1, base e',
      'a: 0 … 1, 11 values, linspace',
      'b: 2 listed values',
      'c: 7',
      'k: [1, 2], 2 elements',
      "label: 'text'",
      'depths: = [0, h, h + 10], 3 elements',
      'double: = 2 * rho, 3 elements',
    ]);
  });

  it('leaves out how the cases multiply when there is one axis', async () => {
    expect((await lines('name: x\nsolver: fake\nparameters: { a: [1, 2, 3] }'))[2]).toBe('cases: 3');
    expect((await lines('name: x\nsolver: fake'))[2]).toBe('cases: 1');
  });
});
