import type { StudyTasks } from '../../study/tasks.js';
import { type CostModel, expectedCosts } from '../costs.js';
import type { TaskSet } from './task-set.js';

/** A task set with what is known of costs, where that decides anything. */
export function withCosts(set: TaskSet, { priority }: StudyTasks, model: CostModel | undefined): TaskSet {
  if (!model || set.isInOrder) return set;
  // Missing ones count as nothing: their cases come last.
  const costs = expectedCosts(model)
    .costs(0, set.count)
    .map((cost) => (cost >= 0 ? cost : 0));
  const isFirst = priority?.kind === 'rule' && priority.rule === 'cost_first';
  return { ...set, costs, ...(isFirst && { priorities: costs }) };
}
