/** A plan in words, and as data. */
import { formatOmitted, omittedDocument, omittedOf } from './assembly/omitted.js';
import { predictedCost } from './cost.js';
import { countTasks, formatCounts } from './counts.js';
import { atomsOf } from './molecule.js';
import type { ManyBodyPlan } from './plan.js';
import type { ManyBodyTask } from './task.js';

export function formatPlan(plan: ManyBodyPlan): string {
  const { input, tasks, bsse } = plan;
  const { molecule } = input;
  const costs = costsByBody(plan);
  const total = costs.reduce((sum, { cost }) => sum + cost, 0);
  const free = bsse.filter((type) => !input.bsse.includes(type));
  return [
    `${input.name}: ${molecule.symbols.length} atoms in ${molecule.fragments.length} fragments`,
    `${input.driver} by ${input.bsse.join(', ')}${free.length > 0 ? ` (and ${free.join(', ')}, at no further cost)` : ''}, ` +
      `through ${input.maxNbody === 1 ? '1 body' : `${input.maxNbody} bodies`}; returns the ${input.returnTotalData ? 'total' : 'interaction'}`,
    '',
    formatCounts(countTasks(plan)),
    `${tasks.length} calculations, predicted cost ${brief(total)} (1: one atom, HF in a minimal basis)`,
    ...costs.map(
      ({ nbody, count, cost, largest }) =>
        `    ${nbody}-body: ${count === 1 ? '1 calculation' : `${count} calculations`}, ${percent(cost, total)} of the cost, the dearest ${brief(largest)}`,
    ),
    ...formatOmitted(omittedOf(plan), plan).map((line) => `    ${line}`),
  ].join('\n');
}

export function planDocument(plan: ManyBodyPlan): unknown {
  const { input, tasks, bsse } = plan;
  return {
    name: input.name,
    driver: input.driver,
    bsse_type: bsse,
    max_nbody: input.maxNbody,
    return_total_data: input.returnTotalData,
    atom_count: input.molecule.symbols.length,
    fragments: input.molecule.fragments,
    levels: input.levels.map((level) => ({
      model_chemistry: level.modelChemistry,
      nbodies: level.kind === 'bodies' ? level.nbodies : ['supersystem'],
      ...input.specifications[level.modelChemistry],
    })),
    counts: countTasks(plan).map(({ modelChemistry, letter, taskCount, bodies }) => ({
      model_chemistry: modelChemistry,
      letter,
      task_count: taskCount,
      bodies,
    })),
    omitted: omittedDocument(omittedOf(plan)),
    task_count: tasks.length,
    predicted_cost: costsByBody(plan).reduce((sum, { cost }) => sum + cost, 0),
    tasks: tasks.map((task) => ({ ...task, predicted_cost: costOf(plan, task) })).map(renamed),
  };
}

function renamed({ modelChemistry, ...rest }: ManyBodyTask & { readonly predicted_cost: number }): unknown {
  return { ...rest, model_chemistry: modelChemistry };
}

function costOf(plan: ManyBodyPlan, task: ManyBodyTask): number {
  return predictedCost(atomsOf(plan.input, task.basis).length, plan.specOf(task));
}

interface BodyCost {
  readonly nbody: number;
  readonly count: number;
  readonly cost: number;
  readonly largest: number;
}

function costsByBody(plan: ManyBodyPlan): readonly BodyCost[] {
  const byBody = new Map<number, BodyCost>();
  for (const task of plan.tasks) {
    const nbody = task.real.length;
    const own = costOf(plan, task);
    const { count, cost, largest } = byBody.get(nbody) ?? { count: 0, cost: 0, largest: 0 };
    byBody.set(nbody, { nbody, count: count + 1, cost: cost + own, largest: Math.max(largest, own) });
  }
  return [...byBody.values()].sort((left, right) => left.nbody - right.nbody);
}

function brief(value: number): string {
  return value >= 1e6 || (value > 0 && value < 0.01)
    ? value.toExponential(1)
    : String(Number(value.toPrecision(3)));
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(part / whole < 0.1 ? 1 : 0)} %`;
}
