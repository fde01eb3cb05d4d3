import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assemble } from '../../../src/solvers/manybody/assembly/assemble.js';
import { contributionsOf } from '../../../src/solvers/manybody/assembly/contributions.js';
import { manyBodyProperties } from '../../../src/solvers/manybody/assembly/properties.js';
import { binomial, combinations, subsets } from '../../../src/solvers/manybody/combinations.js';
import { clustersOf } from '../../../src/solvers/manybody/expansion/clusters.js';
import type { Bsse } from '../../../src/solvers/manybody/input.js';
import { formatLabel, parseLabel } from '../../../src/solvers/manybody/label.js';
import { planManyBody } from '../../../src/solvers/manybody/plan.js';
import type { TaskResult } from '../../../src/solvers/manybody/task.js';
import { heliums, inputOf, waters } from './inputs.js';
import { resultsOf, sumOfParts } from './potential.js';

const all: readonly Bsse[] = ['nocp', 'cp', 'vmfc'];

describe('a potential of three bodies', () => {
  const plan = planManyBody(
    inputOf({ molecule: waters(5), bsse: all, driver: 'gradient', maxNbody: 4, returnTotalData: true }),
  );
  const assembly = assemble(plan, resultsOf(plan));
  const properties = manyBodyProperties(assembly);
  const fragments = [1, 2, 3, 4, 5];

  test.each(all)('%s gives its parts exactly, and nothing of four bodies', (bsse) => {
    for (const size of [2, 3]) {
      const name = `${bsse}_corrected_${size}_body_contribution_to_energy`;
      expect(properties.get(name)![0], name).toBe(sumOfParts(fragments, size));
    }
    expect(properties.get(`${bsse}_corrected_4_body_contribution_to_energy`)![0]).toBe(0);
    const gradient = properties.get(`${bsse}_corrected_4_body_contribution_to_gradient`)!;
    expect(gradient.every((value) => value === 0)).toBe(true);
    const total = [1, 2, 3].reduce((sum, size) => sum + sumOfParts(fragments, size), 0);
    expect(properties.get(`${bsse}_corrected_total_energy`)![0]).toBe(total);
  });

  test('all treatments agree where basis functions change nothing', () => {
    for (const [name, value] of properties) {
      if (name.startsWith('nocp')) continue;
      expect(value, name).toEqual(properties.get(name.replace(/^(cp|vmfc)/, 'nocp')));
    }
  });

  test('treatments differ where basis functions matter, and cp removes what all monomers gain', () => {
    const small = planManyBody(inputOf({ molecule: heliums(3), bsse: all, returnTotalData: true }));
    const named = manyBodyProperties(
      assemble(
        small,
        resultsOf(small, (ghostCount) => -ghostCount),
      ),
    );
    const energy = (bsse: Bsse): number => named.get(`${bsse}_corrected_interaction_energy`)![0]!;
    // Each of three monomers gains 2 in the basis of all.
    expect(energy('cp')).toBe(energy('nocp') + 6);
  });
});

describe('sums', () => {
  test('have the same bits whatever order results came in', () => {
    const plan = planManyBody(inputOf({ molecule: heliums(5), bsse: all, returnTotalData: true }));
    const numbers = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), {
      minLength: plan.tasks.length,
      maxLength: plan.tasks.length,
    });
    fc.assert(
      fc.property(numbers, fc.infiniteStream(fc.nat()), (energies, random) => {
        const entries = plan.tasks.map(({ label }, i): [string, TaskResult] => [
          label,
          { energy: energies[i]! },
        ]);
        const shuffled = entries
          .map((entry) => [random.next().value as number, entry] as const)
          .sort(([left], [right]) => left - right)
          .map(([, entry]) => entry);
        const first = manyBodyProperties(assemble(plan, new Map(entries)));
        const second = manyBodyProperties(assemble(plan, new Map(shuffled)));
        expect([...second]).toEqual([...first]);
      }),
      { numRuns: 20 },
    );
  });

  test('through all bodies give the energy of the whole to the last bit', () => {
    const plan = planManyBody(inputOf({ molecule: heliums(6), bsse: 'nocp', returnTotalData: true }));
    const energy = fc.double({ min: -1e3, max: -1, noNaN: true });
    fc.assert(
      fc.property(fc.array(energy, { minLength: 63, maxLength: 63 }), (energies) => {
        const results = new Map(plan.tasks.map(({ label }, i) => [label, { energy: energies[i]! }]));
        const total = manyBodyProperties(assemble(plan, results)).get('nocp_corrected_total_energy')!;
        expect(total[0]).toBe(
          results.get(formatLabel('(auto)', [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6]))!.energy,
        );
      }),
      { numRuns: 50 },
    );
  });
});

describe('weights', () => {
  test('of complete levels are the binomial ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 7 }), fc.integer({ min: 1, max: 5 }), (count, most) => {
        const maxNbody = Math.min(count, most);
        const plan = planManyBody(inputOf({ molecule: heliums(count), bsse: 'nocp', maxNbody }));
        const weights = new Map<string, number>();
        for (const contribution of contributionsOf(plan, 'nocp')) {
          for (const [label, weight] of contribution.weightsOf(contribution.clusters)) {
            weights.set(label, (weights.get(label) ?? 0) + weight);
          }
        }
        for (const [label, weight] of weights) {
          const size = parseLabel(label).real.length;
          const sign = (maxNbody - size) % 2 === 0 ? 1 : -1;
          const expected =
            maxNbody === count ? Number(size === count) : sign * binomial(count - size - 1, maxNbody - size);
          expect(weight, label).toBe(expected);
        }
      }),
    );
  });

  test('name planned calculations only, and all of those', () => {
    const choice = fc.record({
      count: fc.integer({ min: 2, max: 6 }),
      most: fc.integer({ min: 1, max: 6 }),
      bsse: fc.subarray([...all], { minLength: 1 }),
      returnTotalData: fc.boolean(),
      cutoff: fc.double({ min: 4, max: 30, noNaN: true }),
    });
    fc.assert(
      fc.property(choice, ({ count, most, bsse, returnTotalData, cutoff }) => {
        const maxNbody = Math.min(count, most);
        const cutoffs = { measure: 'atoms', distances: { 2: cutoff, 3: cutoff / 1.3 } } as const;
        const plan = planManyBody(
          inputOf({ molecule: heliums(count), bsse, maxNbody, returnTotalData, cutoffs }),
        );
        const used = new Set(
          plan.bsse.flatMap((type) =>
            contributionsOf(plan, type).flatMap(({ weightsOf, clusters }) => [...weightsOf(clusters).keys()]),
          ),
        );
        expect([...used].sort()).toEqual(plan.tasks.map(({ label }) => label).sort());
      }),
    );
  });
});

describe('cutoffs', () => {
  const molecule = waters(6);
  const distances = (pair: number, triple: number, quadruple: number) =>
    ({ measure: 'atoms', distances: { 2: pair, 3: triple, 4: quadruple } }) as const;

  test('that reach everywhere change no bit', () => {
    const plain = inputOf({ molecule, bsse: all, driver: 'gradient', maxNbody: 4 });
    const far = { ...plain, cutoffs: distances(1e9, 1e9, 1e9) };
    const [first, second] = [plain, far].map((input) => {
      const plan = planManyBody(input);
      return { tasks: plan.tasks, values: [...manyBodyProperties(assemble(plan, resultsOf(plan)))] };
    });
    expect(second).toEqual(first);
  });

  test('keep every part of what they keep, and count the rest', () => {
    const limit = fc.double({ min: 1, max: 15, noNaN: true });
    fc.assert(
      fc.property(limit, limit, limit, (pair, triple, quadruple) => {
        const input = inputOf({
          molecule,
          bsse: 'nocp',
          maxNbody: 4,
          cutoffs: distances(pair, triple, quadruple),
        });
        const { kept, omittedCounts } = clustersOf(input);
        const known = new Set(kept.flat().map(String));
        for (const cluster of kept.flat()) {
          for (const some of subsets(cluster)) expect(known.has(String(some))).toBe(true);
        }
        for (const size of [1, 2, 3, 4]) {
          const count = [...combinations([1, 2, 3, 4, 5, 6], size)].length;
          expect(kept[size]!.length + omittedCounts[size]!).toBe(count);
        }
      }),
    );
  });

  test('leave the contributions of what they keep as they are', () => {
    const plan = planManyBody(
      inputOf({
        molecule,
        bsse: 'nocp',
        maxNbody: 3,
        cutoffs: { measure: 'centres', distances: { 2: 9, 3: 8 } },
        returnTotalData: true,
      }),
    );
    const properties = manyBodyProperties(assemble(plan, resultsOf(plan)));
    for (const size of [2, 3]) {
      const kept = plan.clusters.kept[size]!;
      const expected = kept.reduce((sum, cluster) => sum + sumOfParts(cluster, size), 0);
      expect(kept.length).toBeGreaterThan(0);
      expect(plan.clusters.omittedCounts[size]).toBeGreaterThan(0);
      expect(properties.get(`nocp_corrected_${size}_body_contribution_to_energy`)![0]).toBe(expected);
    }
  });

  test('lose nothing when the rest comes from the whole at the same level', () => {
    const levels = [
      [2, 'high'],
      ['supersystem', 'low'],
    ] as const;
    const plan = planManyBody(
      inputOf({
        molecule,
        bsse: 'nocp',
        levels,
        returnTotalData: true,
        cutoffs: { measure: 'centres', distances: { 2: 7 } },
      }),
    );
    const total = manyBodyProperties(assemble(plan, resultsOf(plan))).get('nocp_corrected_total_energy')!;
    expect(total[0]).toBe([1, 2, 3].reduce((sum, size) => sum + sumOfParts([1, 2, 3, 4, 5, 6], size), 0));
  });
});

test('fragments that are not runs of atoms give what the same in order give', () => {
  const ordered = waters(3);
  // Atom i of the mixed molecule is atom order[i] of the other.
  const order = [8, 0, 3, 1, 4, 6, 2, 5, 7];
  const mixed = {
    ...ordered,
    symbols: order.map((atom) => ordered.symbols[atom]!),
    geometry: Float64Array.from(
      order.flatMap((atom) => [...ordered.geometry.subarray(3 * atom, 3 * atom + 3)]),
    ),
    fragments: ordered.fragments.map((atoms) =>
      atoms.map((atom) => order.indexOf(atom)).sort((a, b) => a - b),
    ),
  };
  const settings = { bsse: 'vmfc', driver: 'hessian', returnTotalData: true } as const;
  const plan = planManyBody(inputOf({ molecule: mixed, ...settings }));
  const reference = planManyBody(inputOf({ molecule: ordered, ...settings }));
  const results = new Map(
    reference.tasks.map((task): [string, TaskResult] => {
      const result = resultsOf(reference).get(task.label)!;
      const own = reference.moleculeOf(task).parents;
      const rows = plan
        .moleculeOf(task)
        .parents.map((atom) => own.indexOf(order[atom]!))
        .flatMap((atom) => [3 * atom, 3 * atom + 1, 3 * atom + 2]);
      const hessian = rows.flatMap((row) =>
        rows.map((column) => result.hessian![row * rows.length + column]!),
      );
      const gradient = rows.map((row) => result.gradient![row]!);
      return [
        task.label,
        { energy: result.energy, gradient: Float64Array.from(gradient), hessian: Float64Array.from(hessian) },
      ];
    }),
  );
  const left = manyBodyProperties(assemble(plan, results)).get('vmfc_corrected_total_hessian')!;
  const right = manyBodyProperties(assemble(reference, resultsOf(reference))).get(
    'vmfc_corrected_total_hessian',
  )!;
  const size = 27;
  const place = (coordinate: number): number => 3 * order[Math.floor(coordinate / 3)]! + (coordinate % 3);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      expect(left[row * size + column]).toBe(right[place(row) * size + place(column)]);
    }
  }
});
