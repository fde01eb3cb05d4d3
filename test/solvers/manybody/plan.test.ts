import { describe, expect, test } from 'vitest';
import type { Bsse } from '../../../src/solvers/manybody/input.js';
import type { LevelKey } from '../../../src/solvers/manybody/levels.js';
import { planManyBody } from '../../../src/solvers/manybody/plan.js';
import { heliums, inputOf, type Settings } from './inputs.js';

describe('a plan has the calculations that QCManyBody counts', () => {
  const total = { returnTotalData: true };
  const ends = { supersystemIeOnly: true };
  test.each<readonly [string, Bsse | Bsse[], number, Settings, number]>([
    ['nocp, 4 bodies', 'nocp', 4, {}, 15],
    ['cp, 4 bodies', 'cp', 4, {}, 15],
    ['cp with totals, 4 bodies', 'cp', 4, total, 19],
    ['vmfc, 4 bodies', 'vmfc', 4, {}, 65],
    ['nocp, 3 bodies', 'nocp', 3, {}, 14],
    ['cp, 3 bodies', 'cp', 3, {}, 14],
    ['cp with totals, 3 bodies', 'cp', 3, total, 18],
    ['vmfc, 3 bodies', 'vmfc', 3, {}, 50],
    ['nocp, 2 bodies', 'nocp', 2, {}, 10],
    ['cp, 2 bodies', 'cp', 2, {}, 10],
    ['cp with totals, 2 bodies', 'cp', 2, total, 14],
    ['vmfc, 2 bodies', 'vmfc', 2, {}, 22],
    ['nocp, 1 body', 'nocp', 1, {}, 4],
    ['cp, 1 body: monomers in the basis of all cancel', 'cp', 1, {}, 0],
    ['cp with totals, 1 body', 'cp', 1, total, 4],
    ['vmfc, 1 body', 'vmfc', 1, {}, 4],
    ['nocp, only monomers and the whole', 'nocp', 4, ends, 5],
    ['cp, only monomers and the whole', 'cp', 4, ends, 5],
    ['cp with totals, only monomers and the whole', 'cp', 4, { ...total, ...ends }, 9],
    ['all treatments share calculations', ['nocp', 'cp', 'vmfc'], 4, {}, 65],
  ])('%s', (_, bsse, maxNbody, rest, count) => {
    const { tasks } = planManyBody(inputOf({ molecule: heliums(4), bsse, maxNbody, ...rest }));
    expect(tasks).toHaveLength(count);
    expect(new Set(tasks.map(({ label }) => label)).size).toBe(count);
  });

  const levels121: readonly [LevelKey, string][] = [
    [1, 'ccsd'],
    [3, 'mp2'],
    [4, 'hf'],
  ];
  const levels22: readonly [LevelKey, string][] = [
    [2, 'ccsd'],
    [4, 'mp2'],
  ];
  const supersystem: readonly [LevelKey, string][] = [
    [2, 'ccsd'],
    ['supersystem', 'mp2'],
  ];
  test.each<readonly [string, Bsse | Bsse[], readonly (readonly [LevelKey, string])[], Settings, number]>([
    ['121 nocp and cp', ['nocp', 'cp'], levels121, total, 61],
    ['22 nocp and cp', ['nocp', 'cp'], levels22, total, 49],
    ['121 nocp', 'nocp', levels121, {}, 33],
    ['22 nocp', 'nocp', levels22, {}, 25],
    ['121 cp with totals', 'cp', levels121, total, 33],
    ['22 cp with totals', 'cp', levels22, total, 29],
    ['121 cp', 'cp', levels121, {}, 29],
    ['22 cp', 'cp', levels22, {}, 25],
    ['121 vmfc', 'vmfc', levels121, {}, 65],
    ['22 vmfc', 'vmfc', levels22, {}, 65],
    ['two bodies of cp with totals, the rest from the whole', 'cp', supersystem, total, 25],
  ])('of several levels: %s', (_, bsse, levels, rest, count) => {
    expect(planManyBody(inputOf({ molecule: heliums(4), bsse, levels, ...rest })).tasks).toHaveLength(count);
  });

  test.each([
    ['nocp', 2516],
    ['vmfc', 31596],
  ] as const)('of 16 fragments at four bodies: %s', (bsse, count) => {
    const { tasks } = planManyBody(inputOf({ molecule: heliums(16), bsse, maxNbody: 4 }));
    expect(tasks).toHaveLength(count);
  });
});

test('tasks are in one order and name fragments in the basis of fragments', () => {
  const { tasks } = planManyBody(inputOf({ molecule: heliums(2), bsse: ['cp', 'nocp'] }));
  expect(tasks.map(({ label }) => label)).toEqual([
    '["(auto)", [1], [1]]',
    '["(auto)", [1], [1, 2]]',
    '["(auto)", [2], [2]]',
    '["(auto)", [2], [1, 2]]',
    '["(auto)", [1, 2], [1, 2]]',
  ]);
});
