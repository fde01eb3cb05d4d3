import { describe, expect, test } from 'vitest';
import { assemble } from '../../../src/solvers/manybody/assembly/assemble.js';
import { manyBodyProperties, variableName } from '../../../src/solvers/manybody/assembly/properties.js';
import { formatEnergies } from '../../../src/solvers/manybody/assembly/table.js';
import { predictedCost } from '../../../src/solvers/manybody/cost.js';
import { countTasks, formatCounts } from '../../../src/solvers/manybody/counts.js';
import { levelLetter } from '../../../src/solvers/manybody/levels.js';
import { planManyBody } from '../../../src/solvers/manybody/plan.js';
import { heliums, inputOf, type Settings } from './inputs.js';
import { resultsOf } from './potential.js';

describe('the counts of a plan have the layout of QCManyBody', () => {
  const molecule = heliums(4);

  test('with one model chemistry', () => {
    const plan = planManyBody(inputOf({ molecule, bsse: 'vmfc' }));
    expect(formatCounts(countTasks(plan))).toBe(`    Model chemistry "(auto)" (§A):         65
        Number of 1-body computations:     32 (nocp: 4, cp: 4, vmfc_compute: 32)
        Number of 2-body computations:     24 (nocp: 6, cp: 6, vmfc_compute: 24)
        Number of 3-body computations:      8 (nocp: 4, cp: 4, vmfc_compute: 8)
        Number of 4-body computations:      1 (nocp: 1, cp: 1, vmfc_compute: 1)
`);
  });

  test('with several', () => {
    const levels = [
      [2, 'c4-ccsd'],
      [3, 'c4-mp2'],
    ] as const;
    const plan = planManyBody(inputOf({ molecule, bsse: 'vmfc', levels }));
    expect(formatCounts(countTasks(plan))).toBe(`    Model chemistry "c4-ccsd" (§A):        22
        Number of 1-body computations:     16 (nocp: 0, cp: 0, vmfc_compute: 16)
        Number of 2-body computations:      6 (nocp: 0, cp: 0, vmfc_compute: 6)

    Model chemistry "c4-mp2" (§B):         28
        Number of 1-body computations:     12 (nocp: 0, cp: 0, vmfc_compute: 12)
        Number of 2-body computations:     12 (nocp: 0, cp: 0, vmfc_compute: 12)
        Number of 3-body computations:      4 (nocp: 0, cp: 0, vmfc_compute: 4)
`);
  });
});

describe('the table of energies', () => {
  const rows = (
    settings: Settings,
    levels?: readonly (readonly [number | 'supersystem', string])[],
  ): string[] => {
    const bsse = 'cp';
    const plan = planManyBody(
      inputOf({ molecule: heliums(4), bsse, ...settings, ...(levels && { levels }) }),
    );
    const text = formatEnergies(assemble(plan, resultsOf(plan)));
    return text
      .split('\n')
      .slice(5, 9)
      .map((line) => line.replace(/\s+/g, ' ').trim());
  };

  test('has no totals where only interactions are known', () => {
    expect(rows({ maxNbody: 2 })).toEqual([
      '§A 1 N/A 0.000000000000 0.000000000000 0.000000000000 0.000000000000',
      expect.stringMatching(/^RTN §A 2 N\/A( -?\d+\.\d{12}){4}$/),
      '3 N/A N/A N/A N/A N/A',
      'FULL 4 N/A N/A N/A N/A N/A',
    ]);
  });

  test('of many fragments shows what the expansion reaches, and the last line', () => {
    const plan = planManyBody(inputOf({ molecule: heliums(40), bsse: 'nocp', maxNbody: 2 }));
    const lines = formatEnergies(assemble(plan, resultsOf(plan))).split('\n');
    expect(lines.slice(5, 9).map((line) => line.slice(0, 20).trim())).toEqual([
      '§A  1',
      'RTN §A  2',
      'FULL    40',
      '',
    ]);
  });

  test('has no contributions where levels between are skipped', () => {
    const [, second, , last] = rows({ supersystemIeOnly: true, returnTotalData: true });
    expect(second).toBe('2 N/A N/A N/A N/A N/A');
    expect(last).toMatch(/^FULL\/RTN §A 4( -?\d+\.\d{12}){3} N\/A N\/A$/);
  });

  test('says what comes from the whole cluster', () => {
    const [, second, third, last] = rows({ returnTotalData: true }, [
      [2, 'high'],
      ['supersystem', 'low'],
    ]);
    expect(second).toMatch(/^§A 2 /);
    expect(third).toBe('SS 3 N/A N/A N/A N/A N/A');
    expect(last).toMatch(/^SS\/FULL\/RTN 4( -?\d+\.\d{12}){5}$/);
  });

  test('has no interactions under embedding, and neither have the properties', () => {
    const embeddingCharges = [[0.1], [0.1], [0.1], [0.1]];
    const settings = { embeddingCharges, returnTotalData: true };
    expect(rows(settings)[1]).toMatch(/^§A 2 -?\d+\.\d{12} N\/A N\/A( -?\d+\.\d{12}){2}$/);
    const plan = planManyBody(inputOf({ molecule: heliums(4), bsse: 'nocp', ...settings }));
    const names = [...manyBodyProperties(assemble(plan, resultsOf(plan))).keys()];
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => name.includes('interaction'))).toEqual([]);
  });
});

test.each([
  ['cp_corrected_interaction_energy_through_2_body', 'CP-CORRECTED INTERACTION ENERGY THROUGH 2-BODY'],
  ['vmfc_corrected_3_body_contribution_to_gradient', 'VMFC-CORRECTED 3-BODY CONTRIBUTION TO GRADIENT'],
  ['nocp_corrected_total_hessian', 'NOCP-CORRECTED TOTAL HESSIAN'],
  ['return_energy', 'CURRENT ENERGY'],
  ['calcinfo_nmbe', 'NBODY NUMBER'],
  ['calcinfo_nmc', 'CALCINFO NMC'],
  ['nuclear_repulsion_energy', 'NUCLEAR REPULSION ENERGY'],
])("%s is Psi4's %s", (property, variable) => {
  expect(variableName(property)).toBe(variable);
});

test('levels have letters, two after the alphabet', () => {
  expect([0, 1, 25, 26, 51, 52].map(levelLetter)).toEqual(['§A', '§B', '§Z', '§AA', '§AZ', '§BA']);
});

test.each([
  [4, 'hf', 'sto-3g', 32],
  [4, 'MP2', 'cc-pVDZ', 32 * 25],
  [4, 'ccsd', 'cc-pvtz', 32 * 300],
  [4, 'ccsd(t)', 'aug-cc-pVDZ', 32 * 500],
  [4, 'gfn2-xtb', undefined, 0.32],
])('%i atoms with %s in %s cost %d', (atomCount, method, basis, cost) => {
  const spec = { program: 'x', method, keywords: {}, ...(basis !== undefined && { basis }) };
  expect(predictedCost(atomCount, spec)).toBeCloseTo(cost, 10);
});
