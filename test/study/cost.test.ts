import { describe, expect, test } from 'vitest';
import { createCostModel } from '../../src/study/cost.js';
import { load, refusal } from './support.js';

const head = 'name: s\nsolver: fake\nparameters: { n: [1, 2, 3], v: { value: [4, 5] }, label: text }\n';

describe('the cost of cases', () => {
  test('is a formula over parameters and derived values, for any range of cases', async () => {
    const study = await load(`${head}derived: { twice: 2 * n }\ncost: twice ^ 2 + v[1]\n`);
    const model = createCostModel(study);
    if (model?.kind !== 'known') throw new Error('expected known costs');
    expect([...model.costs(0, 3)]).toEqual([9, 21, 41]);
    expect([...model.costs(2, 1)]).toEqual([41]);
  });

  test('may be features, from which it is learned', async () => {
    const model = createCostModel(await load(`${head}cost: { features: [n, "n * v[0]", 7] }\n`));
    if (model?.kind !== 'features') throw new Error('expected features');
    expect(model.featureCount).toBe(3);
    expect(model.features(1, 2).map((values) => [...values])).toEqual([
      [2, 3],
      [8, 12],
      [7, 7],
    ]);
  });

  test('is unknown when the study says nothing', async () => {
    expect(createCostModel(await load(head))).toBeUndefined();
  });

  test('does not make it another study', async () => {
    const [plain, costly] = await Promise.all([load(head), load(`${head}cost: n\n`)]);
    expect(costly.fingerprint).toBe(plain.fingerprint);
  });

  test.each([
    ['cost: m + 1', "study.yaml:4:7: cost: Unknown name m in an expression (got 'm + 1')"],
    ['cost: v', "cost: A vector where one number is needed (expected one number a case, got 'v')"],
    ['cost: { features: [n, "2 *"] }', 'cost.features[1]'],
    ['cost: { features: [] }', 'cost.features'],
    ['cost: { feature: [n] }', 'cost'],
    ['cost: label', 'cost'],
  ])('%s is refused where it stands', async (text, message) => {
    expect(await refusal(head + text)).toContain(message);
  });
});
