/** Results computed elsewhere: labels of calculations with `{energy, gradient, hessian}`. */
import { z } from 'zod';
import { InputError } from '../../../errors/input-error.js';
import type { StudyFile } from '../../../study/document/places.js';
import { problem } from '../../../study/document/problem.js';
import { validate } from '../../../study/document/validate.js';
import { formatLabel, parseLabel } from '../label.js';
import type { ManyBodyPlan } from '../plan.js';
import type { Driver, ManyBodyTask, TaskResult } from '../task.js';
import { lengthOf } from './assemble.js';

const numbers = z.union([z.array(z.number()), z.array(z.array(z.number()))]);
const componentsSchema = z.record(
  z.string(),
  z.looseObject({ energy: z.number(), gradient: numbers.nullish(), hessian: numbers.nullish() }),
);

type Component = z.output<typeof componentsSchema>[string];

export interface Components {
  readonly results: ReadonlyMap<string, TaskResult>;
  readonly notes: readonly string[];
}

/** Those that the plan needs. Throws InputError for what is not of this form or not of the size of its calculation. */
export function readComponents(file: StudyFile, plan: ManyBodyPlan): Components {
  const components = validate(componentsSchema, file.value, file);
  const named = Object.entries(components).map(([key, component]) => ({
    key,
    component,
    ...partsOf(file, key),
  }));
  const renamed = onlyModelChemistry(named, plan);
  const tasks = new Map(plan.tasks.map((task) => [task.label, task]));
  const results = new Map<string, TaskResult>();
  let unusedCount = 0;
  for (const { key, component, modelChemistry, real, basis } of named) {
    const label = formatLabel(renamed?.to ?? modelChemistry, real, basis);
    const task = tasks.get(label);
    if (!task) unusedCount++;
    else if (results.has(label)) throw problem(file, [key], 'Calculation given twice', {}, 'key');
    else results.set(label, resultOf(file, key, component, task, plan));
  }
  return {
    results,
    notes: [
      ...(renamed
        ? [`the model chemistry '${renamed.from}' of the results is taken for '${renamed.to}'`]
        : []),
      ...(unusedCount > 0 ? [`${unusedCount} of the results are not part of this expansion`] : []),
    ],
  };
}

interface Named {
  readonly modelChemistry: string;
  readonly real: readonly number[];
  readonly basis: readonly number[];
}

function partsOf(file: StudyFile, key: string): Named {
  try {
    return { modelChemistry: '(auto)', ...parseLabel(key) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw problem(file, [key], error.message, error.facts, 'key');
  }
}

/** Where plan and results have one model chemistry each, under two names, they are the same. */
function onlyModelChemistry(
  named: readonly Named[],
  plan: ManyBodyPlan,
): { readonly from: string; readonly to: string } | undefined {
  const given = new Set(named.map(({ modelChemistry }) => modelChemistry));
  const planned = new Set(plan.input.levels.map(({ modelChemistry }) => modelChemistry));
  const [from] = given;
  const [to] = planned;
  if (given.size !== 1 || planned.size !== 1 || from === to) return undefined;
  return { from: from!, to: to! };
}

function resultOf(
  file: StudyFile,
  key: string,
  { energy, gradient, hessian }: Component,
  task: ManyBodyTask,
  plan: ManyBodyPlan,
): TaskResult {
  const { fragments } = plan.input.molecule;
  const atomCount = task.basis.reduce((sum, fragment) => sum + fragments[fragment - 1]!.length, 0);
  const array = (property: Driver, values: NonNullable<Component['gradient']>): Float64Array => {
    const flat = Float64Array.from((values as readonly unknown[]).flat() as number[]);
    const length = lengthOf(property, atomCount);
    if (flat.length === length) return flat;
    throw problem(file, [key, property], 'Wrong size', {
      expected: `${length} numbers, for ${atomCount} atoms, ghosts included`,
      given: String(flat.length),
    });
  };
  return {
    energy,
    ...(gradient && { gradient: array('gradient', gradient) }),
    ...(hessian && { hessian: array('hessian', hessian) }),
  };
}
