import { expect, test } from 'vitest';
import { formatPlan, type PlanRequest, planOf } from '../../src/observe/plan.js';
import { createStyle } from '../../src/observe/style.js';

const request: PlanRequest = {
  name: 'grid',
  cases: 60_000,
  done: 0,
  ranks: 4,
  strategy: 'adaptive',
  chunk: 'auto',
  inputs: [{ name: 'rho', dtype: 'float64', shape: [3] }],
  outputs: [
    { name: 'responses', dtype: 'float64', shape: [31] },
    { name: 'ok', dtype: 'bool', shape: [] },
  ],
  kernelForm: 'c',
  caseMs: undefined,
};

test('bytes and shares follow from the columns and the ranks', () => {
  expect(planOf(request)).toMatchObject({
    inputBytes: 24,
    outputBytes: 249,
    journalBytes: 60_000 * 249,
    casesPerRank: 15_000,
    remaining: 60_000,
  });
});

test('nothing is predicted where nothing was timed', () => {
  const plan = planOf(request);
  expect(plan).not.toHaveProperty('makespanMs');
  expect(formatPlan(plan, [], createStyle(false, true))).toContain('unknown until cases have been computed');
});

test('what cases have taken predicts the rest: its cost, and the longest share', () => {
  const plan = planOf({ ...request, done: 59_990, caseMs: 100 });
  expect(plan).toMatchObject({ remaining: 10, costMs: 1000, casesPerRank: 3, makespanMs: 300 });
  const text = formatPlan(plan, [{ label: 'study', text: 'grid' }], createStyle(false, true));
  expect(text.split('\n')).toEqual([
    'study        grid',
    'form         C',
    'a case       24 B in, 249 B out',
    'all results  14.2 MiB in the journal',
    'done         59,990, 10 to compute',
    'ranks        4, about 3 cases each',
    'handed out   adaptive, chunk size found at run time',
    'computing    1.0 s of one core, by what cases have taken so far',
    'length       0.3 s on 4 free cores',
  ]);
});
