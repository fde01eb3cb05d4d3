/** A potential of one, two and three bodies, whole numbers all, so that every sum of it is exact. */
import { combinations } from '../../../src/solvers/manybody/combinations.js';
import type { ManyBodyInput } from '../../../src/solvers/manybody/input.js';
import { atomsOf } from '../../../src/solvers/manybody/molecule.js';
import type { ManyBodyPlan } from '../../../src/solvers/manybody/plan.js';
import type { ManyBodyTask, TaskResult } from '../../../src/solvers/manybody/task.js';

/** What some fragments contribute together, and how it pulls at their atoms. */
export function part(fragments: readonly number[]): number {
  return fragments.length > 3
    ? 0
    : fragments.reduce((sum, fragment) => (31 * sum + 17 * fragment) % 1009, 5) - 500;
}

export function sumOfParts(fragments: readonly number[], size: number): number {
  let sum = 0;
  for (const some of combinations(fragments, size)) sum += part(some);
  return sum;
}

/** What a program would give; `ghosts` says what basis functions of fragments that are not real change. */
export function resultOf(
  input: ManyBodyInput,
  { real, basis }: Pick<ManyBodyTask, 'real' | 'basis'>,
  ghosts = (_: number) => 0,
): TaskResult {
  const energy =
    [1, 2, 3].reduce((sum, size) => sum + sumOfParts(real, size), 0) + ghosts(basis.length - real.length);
  const atoms = atomsOf(input, basis);
  const gradient = new Float64Array(3 * atoms.length);
  for (const size of [1, 2, 3]) {
    for (const some of combinations(real, size)) {
      const moved = new Set(some.flatMap((fragment) => input.molecule.fragments[fragment - 1]!));
      atoms.forEach((atom, i) => {
        if (moved.has(atom)) gradient[3 * i + (atom % 3)]! += part(some) * (atom + 1);
      });
    }
  }
  const hessian = new Float64Array(gradient.length ** 2);
  gradient.forEach((x, i) => {
    gradient.forEach((y, j) => {
      hessian[i * gradient.length + j] = x === 0 || y === 0 ? 0 : i + j;
    });
  });
  return { energy, gradient, ...(input.driver === 'hessian' && { hessian }) };
}

export function resultsOf(plan: ManyBodyPlan, ghosts?: (count: number) => number): Map<string, TaskResult> {
  return new Map(plan.tasks.map((task) => [task.label, resultOf(plan.input, task, ghosts)]));
}
