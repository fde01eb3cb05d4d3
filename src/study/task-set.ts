/** The section `tasks` evaluated for every case: what the scheduler works with. */
import { InputError } from '../errors/input-error.js';
import type { TaskSet } from '../schedule/tasks/task-set.js';
import { formulaEvaluator } from './formulas.js';
import type { Study } from './study.js';
import { caseNames, dependencyEdges } from './task-dependencies.js';
import { levelRanks, needsOf } from './task-formulas.js';
import { type Edges, noEdges } from './task-graph.js';
import type { StudyTasks } from './tasks.js';

/** Arrays over all cases lie in the memory of the coordinator. */
export const mostTasks = 1 << 24;

type TaskStudy = Pick<Study, 'cases' | 'tasks'>;

/**
 * Of cases `0 … total - 1`. Undefined for a study that says nothing of order and resources. Throws InputError, with the
 * field that is wrong, for ids that are given twice or to nobody, for circles, and for values that mean nothing.
 */
export function createTaskSet({ cases, tasks }: TaskStudy, total: number): TaskSet | undefined {
  if (!tasks || !saysAnything(tasks)) return undefined;
  if (cases.count > mostTasks) {
    throw new InputError('Too many cases for `tasks`, which are handed out one by one', {
      field: 'tasks',
      expected: `at most ${mostTasks}`,
      given: String(cases.count),
    });
  }
  const nameOf = caseNames(cases, tasks);
  const dependencies = dependencyEdges(cases, tasks, total);
  const level = tasks.level === undefined ? undefined : levelRanks(cases, tasks.level, total);
  if (level) refuseUpwardEdges(dependencies, level.values, nameOf);
  const needs = tasks.resources && needsOf(cases, tasks.resources, total);
  const priorities = prioritiesOf(cases, tasks, total, level?.values);
  return {
    count: total,
    dependencies: dependencies ?? noEdges(total),
    isInOrder: tasks.priority?.kind === 'rule' && tasks.priority.rule === 'fifo',
    nameOf,
    ...(level && { levels: level.ranks }),
    ...(priorities && { priorities }),
    ...(needs && { needs }),
  };
}

function saysAnything({ id: _, ...rest }: StudyTasks): boolean {
  return Object.keys(rest).length > 0;
}

function prioritiesOf(
  cases: Study['cases'],
  { priority }: StudyTasks,
  total: number,
  levels: Float64Array | undefined,
): Float64Array | undefined {
  if (priority?.kind === 'rule') return priority.rule === 'nbody_first' ? levels : undefined;
  if (!priority) return undefined;
  return refuseNaN(formulaEvaluator(cases, [priority.formula])(0, total)[0]!, 'tasks.priority');
}

function refuseNaN(values: Float64Array, field: string): Float64Array {
  const wrong = values.findIndex(Number.isNaN);
  if (wrong < 0) return values;
  throw new InputError('Not a number', {
    field,
    expected: 'a number for every case',
    given: `NaN in case ${wrong}`,
  });
}

/** A case that depends on one of a higher level, which waits for it: a circle of two. */
function refuseUpwardEdges(
  edges: Edges | undefined,
  levels: Float64Array,
  nameOf: (index: number) => string,
): void {
  if (!edges) return;
  for (let index = 0; index < levels.length; index++) {
    for (let at = edges.offsets[index]!; at < edges.offsets[index + 1]!; at++) {
      const before = edges.cases[at]!;
      if (levels[before]! <= levels[index]!) continue;
      throw new InputError('Cases wait for each other', {
        field: 'tasks.depends_on',
        given: `${nameOf(index)} of level ${levels[index]} depends on ${nameOf(before)} of level ${levels[before]}`,
        hint: 'A case waits for all cases of lower levels, so that it cannot be waited for by one of them',
      });
    }
  }
}
