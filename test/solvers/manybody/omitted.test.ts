import { expect, test } from 'vitest';
import { assemble } from '../../../src/solvers/manybody/assembly/assemble.js';
import { formatOmitted, omittedOf } from '../../../src/solvers/manybody/assembly/omitted.js';
import { manyBodyProperties } from '../../../src/solvers/manybody/assembly/properties.js';
import { combinations } from '../../../src/solvers/manybody/combinations.js';
import { fragmentDistances } from '../../../src/solvers/manybody/expansion/distances.js';
import { planManyBody } from '../../../src/solvers/manybody/plan.js';
import type { TaskResult } from '../../../src/solvers/manybody/task.js';
import { inputOf, waters } from './inputs.js';
import { assembleFiles, runTool } from './tool.js';

const molecule = waters(20);
const distance = fragmentDistances(molecule, 'centres');
const pairs = [
  ...combinations(
    Array.from({ length: 20 }, (_, i) => i + 1),
    2,
  ),
] as [number, number][];
const pairEnergy = (i: number, j: number): number => -3 / distance(i, j) ** 6;

test('what a distance cutoff leaves out is estimated by how contributions fall off', () => {
  const cutoffs = { measure: 'centres', distances: { 2: 10 } } as const;
  const plan = planManyBody(inputOf({ molecule, bsse: 'nocp', maxNbody: 2, cutoffs, returnTotalData: true }));
  const results = new Map(
    plan.tasks.map(({ label, real }): [string, TaskResult] => {
      const [i, j] = real;
      return [label, { energy: j === undefined ? -76 : -152 + pairEnergy(i!, j) }];
    }),
  );
  const [omitted, ...others] = omittedOf(plan, results);
  expect(others).toEqual([]);
  const left = pairs.filter(([i, j]) => distance(i, j) > 10);
  expect(omitted).toMatchObject({ nbody: 2, count: left.length, estimate: { kind: 'fit' } });
  if (omitted?.estimate?.kind !== 'fit') throw new Error('no fit');
  const exact = left.reduce((sum, [i, j]) => sum + Math.abs(pairEnergy(i, j)), 0);
  expect(omitted.estimate.power).toBeCloseTo(6, 3);
  expect(omitted.estimate.magnitude / exact).toBeCloseTo(1, 3);
  expect(formatOmitted([omitted], plan)[0]).toMatch(/^left out: \d+ of 190 2-mers; about .* distance\^-6\.0/);
  expect(omittedOf(plan)).toEqual([{ nbody: 2, count: left.length }]);
  const [derivatives] = omittedOf({ ...plan, input: { ...plan.input, driver: 'hessian' } }, results);
  const slope = left.reduce((sum, [i, j]) => sum + (6 * Math.abs(pairEnergy(i, j))) / distance(i, j), 0);
  const bend = left.reduce((sum, [i, j]) => sum + (42 * Math.abs(pairEnergy(i, j))) / distance(i, j) ** 2, 0);
  expect(derivatives!.estimate).toMatchObject({
    gradient: expect.closeTo(slope, 7) as number,
    hessian: expect.closeTo(bend, 7) as number,
  });
  expect(formatOmitted([derivatives!], plan)[0]).toMatch(
    /about \S+ Eh, \S+ Eh\/a0, \S+ Eh\/a0\^2 if none cancel/,
  );
  const total = manyBodyProperties(assemble(plan, results)).get('nocp_corrected_interaction_energy')!;
  const kept = pairs
    .filter(([i, j]) => distance(i, j) <= 10)
    .reduce((sum, [i, j]) => sum + pairEnergy(i, j), 0);
  expect(total[0]).toBeCloseTo(kept, 10);
});

const input = `
molecule:
  geometry: |
    He 0 0 0
    He 0 0 3
    He 0 0 6
    He 0 0 9
  units: angstrom
bsse: nocp
max_nbody: 3
calculation: { program: psi4, method: mp2, basis: cc-pvdz }
screening: { threshold: 1e-5, results: cheap.json }
`;
const cheap = Object.fromEntries(
  [[1], [2], [3], [4], [1, 2], [1, 3], [1, 4], [2, 3], [2, 4], [3, 4]].map((real) => {
    const [i, j = 0] = real as [number, number?];
    const shared = j - i === 1 ? -1e-3 : j - i === 2 ? -2e-5 : -1e-6;
    return [
      `["xtb", ${JSON.stringify(real)}, ${JSON.stringify(real)}]`,
      { energy: j === 0 ? -2 : -4 + shared },
    ];
  }),
);

test('screening keeps n-mers that a cheaper level finds worthwhile, and says what it finds of the rest', async () => {
  const { text, json } = await runTool(
    'plan',
    { 'in.yaml': input, 'cheap.json': cheap },
    { INPUT: 'in.yaml' },
  );
  const { tasks } = json as { tasks: { real: number[] }[] };
  const real = tasks.map((task) => task.real.join(''));
  expect(real).toEqual(['1', '2', '3', '4', '12', '13', '23', '24', '34', '123', '234']);
  expect(text).toContain('left out: 1 of 6 2-mers; at the cheaper level 1 of them contribute -1.00e-6 Eh');
  expect(text).toContain('left out: 2 of 4 3-mers; their size is not known');
});

test('a file to screen by that holds no pairs is refused', async () => {
  const files = { 'in.yaml': input, 'cheap.json': { '["xtb", [1], [1]]': { energy: -2 } } };
  await expect(runTool('plan', files, { INPUT: 'in.yaml' })).rejects.toMatchObject({
    facts: { line: 12, field: 'screening.results' },
  });
});

test('the estimate stands in the result', async () => {
  const plain = input.replace(/screening.*\n/, 'cutoffs: { units: angstrom, distances: { 2: 4 } }\n');
  const components = Object.fromEntries(
    Object.entries(cheap).map(([label, component]) => [label.replace('xtb', '(auto)'), component]),
  );
  const { json, notes } = await assembleFiles(plain, components);
  expect(json).toMatchObject({
    success: true,
    extras: {
      omitted: [
        { nbody: 2, count: 3 },
        { nbody: 3, count: 4 },
      ],
    },
  });
  expect(notes).toEqual(['3 of the results are not part of this expansion']);
});
