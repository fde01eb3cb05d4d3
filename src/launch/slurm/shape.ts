/** What a job is made of: one allocation with all ranks, or an array of tasks that compute shards of the study. */
import { InputError } from '../../errors/input-error.js';
import { checkShard } from '../../runtime/cases-asked.js';
import type { JobSettings, ScriptSettings } from '../../study/slurm/settings.js';
import type { Study } from '../../study/study.js';

export type Shape =
  | { readonly kind: 'allocation' }
  /** `tasks` of the array share the shards: task t has t, t + tasks, … */
  | { readonly kind: 'array'; readonly shards: number; readonly tasks: number };

/** Slurm's own default for MaxArraySize, one more than the highest index of a task. */
export const defaultMaxArraySize = 1001;

const notOfShards = /^--(limit|verify|coordinators)=/;

/** Throws InputError for what cannot be cut into shards, and for ranks that cannot compute the study's cases. */
export function shapeOf(
  study: Study,
  { shards, arrayLimit }: ScriptSettings,
  { ntasks, nodes, ntasksPerNode }: JobSettings,
  runOptions: readonly string[],
  maxArraySize: number,
): Shape {
  const { ranksPerTask } = study.execution;
  if (shards === undefined) {
    if (arrayLimit !== undefined) {
      throw new InputError('array_limit is of job arrays', { expected: 'shards beside it' });
    }
    if (typeof ntasks === 'number' && ranksPerTask > 1 && ntasks <= ranksPerTask) {
      throw new InputError('too few ranks for the MPI kernel of the study', {
        expected: `at least ${ranksPerTask + 1}: ${ranksPerTask} for a case, and rank 0, which hands them out`,
        given: String(ntasks),
      });
    }
    return { kind: 'allocation' };
  }
  if (ranksPerTask > 1) {
    throw new InputError('an MPI kernel has no shards', {
      expected: 'one allocation: no --shards',
      given: `${shards} shards of a study with ranks_per_task: ${ranksPerTask}`,
    });
  }
  const unused = Object.entries({
    ...{ ntasks, ntasks_per_node: ntasksPerNode, nodes: nodes === 1 ? undefined : nodes },
  }).find(([, value]) => value !== undefined);
  if (unused) {
    throw new InputError('a job array over shards has no ranks, and each of its tasks is on one node', {
      expected: 'cpus_per_task, the processes of each shard',
      given: unused.join(': '),
    });
  }
  checkShard({ study, shard: { index: shards, count: shards } });
  const unfit = runOptions.find((word) => notOfShards.test(word));
  if (unfit !== undefined) {
    throw new InputError('an option does not go with shards', {
      expected: 'one that is as true of a part of the study as of all of it',
      given: unfit,
    });
  }
  return { kind: 'array', shards, tasks: Math.min(shards, maxArraySize - 1) };
}
