import { expect, test } from 'vitest';
import { predictionLine } from '../../src/observe/prediction.js';
import type { Prediction } from '../../src/runtime/api.js';

const makespan = { predictedMs: 12_300, tookMs: 13_050, source: 'this run' };
const byFeatures = (scatter: number, ...exponents: number[]): NonNullable<Prediction['costs']> => ({
  ...{ by: 'features', exponents, scatter, blocks: 100 },
});

test.each<[Prediction | undefined, string | undefined]>([
  [undefined, undefined],
  [{}, undefined],
  [{ makespan }, 'predicted 12 s, took 13 s (+6 %)'],
  [{ makespan: { ...makespan, tookMs: 6150 } }, 'predicted 12 s, took 6.2 s (-50 %)'],
  [{ makespan: { ...makespan, tookMs: 12_301 } }, 'predicted 12 s, took 12 s (0 %)'],
  [
    { makespan: { ...makespan, predictedMs: 8, tookMs: 4_100 } },
    'predicted 8 ms, took 4.1 s (513 times as long)',
  ],
  [{ costs: byFeatures(0.284, 2, 1) }, 'costs predicted to ±28 % by 2 features'],
  [{ costs: byFeatures(0.003, 2) }, 'costs predicted to ±0.3 % by 1 feature'],
  [{ costs: byFeatures(1.2, 2) }, 'costs predicted to a factor of 3.3 by 1 feature'],
  [{ costs: byFeatures(0.5, 0) }, 'costs do not depend on the feature'],
  [{ costs: byFeatures(0.5, 0, 0) }, 'costs do not depend on the 2 features'],
  [{ costs: { by: 'formula', scatter: 1.5, blocks: 9 } }, 'costs predicted to ±150 % by the formula'],
  [
    { makespan, costs: byFeatures(0.28, 1, 2) },
    'predicted 12 s, took 13 s (+6 %); costs predicted to ±28 % by 2 features',
  ],
])('%j', (prediction, line) => {
  expect(predictionLine(prediction)).toBe(line);
});
