/** Planning and assembling large many-body expansions: 16 waters at four bodies, energies and gradients. */
import { assemble } from '../../src/solvers/manybody/assembly/assemble.js';
import type { Bsse, ManyBodyInput } from '../../src/solvers/manybody/input.js';
import { atomsOf } from '../../src/solvers/manybody/molecule.js';
import { planManyBody } from '../../src/solvers/manybody/plan.js';
import type { Driver, TaskResult } from '../../src/solvers/manybody/task.js';
import { inputOf, waters } from '../solvers/manybody/inputs.js';
import { type Figure, rounded } from './figure.js';

const fragments = 16;
const bodies = 4;

export async function* figures(): AsyncGenerator<Figure> {
  for (const bsse of ['nocp', 'vmfc'] as const) {
    for (const driver of ['energy', 'gradient'] as const) yield* figuresOf(bsse, driver);
  }
}

function* figuresOf(bsse: Bsse, driver: Driver): Generator<Figure> {
  const input = inputOf({ molecule: waters(fragments), bsse, driver, maxNbody: bodies });
  const plan = planManyBody(input);
  const results = new Map(plan.tasks.map(({ label, basis }) => [label, resultOf(input, basis)]));
  const facts = { fragments, bodies, tasks: plan.tasks.length };
  const name = `manybody.${bsse}.${driver}`;
  if (driver === 'energy') {
    yield { figure: `manybody.${bsse}.plan`, value: fastest(() => planManyBody(input)), unit: 's', ...facts };
  }
  yield { figure: `${name}.assemble`, value: fastest(() => assemble(plan, results)), unit: 's', ...facts };
}

function resultOf(input: ManyBodyInput, basis: readonly number[]): TaskResult {
  const energy = -76.4 * basis.length;
  if (input.driver === 'energy') return { energy };
  return { energy, gradient: new Float64Array(3 * atomsOf(input, basis).length).fill(0.01) };
}

/** Seconds of processor time, the least of five. */
function fastest(action: () => unknown): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const started = process.cpuUsage();
    action();
    const { user, system } = process.cpuUsage(started);
    least = Math.min(least, (user + system) / 1e6);
  }
  return rounded(least);
}
