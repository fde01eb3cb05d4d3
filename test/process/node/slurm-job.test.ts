import { describe, expect, test } from 'vitest';
import { isOver, slurmJobOf } from '../../../src/process/node/slurm-job.js';

const never = () => {
  throw new Error('nobody is to be asked');
};

describe('whether a job is over', () => {
  test.each<[string, number | null, string, boolean]>([
    ['runs', 0, 'RUNNING\n', false],
    ['is ending', 0, 'COMPLETING\n', false],
    ['is queued again', 0, 'PENDING\n', true],
    ['has ended', 0, 'NODE_FAIL\n', true],
    ['is remembered no more', 0, '\n', true],
    ['is an array of which a task runs', 0, 'COMPLETED\nRUNNING\n', false],
    ['was forgotten', 1, '\nslurm_load_jobs error: Invalid job id specified\n', true],
    ['cannot be asked for', 1, '\nslurm_load_jobs error: Unable to contact slurm controller\n', false],
    ['is of a machine without squeue', null, '\n', false],
  ])('one that %s', (_, status, text, expected) => {
    expect(isOver({ id: '7', restarts: 0 }, {}, () => ({ status, text }))).toBe(expected);
  });

  test('an earlier start of the own job is over without a question, this start is not', () => {
    const own = { SLURM_JOB_ID: '7', SLURM_RESTART_COUNT: '2' };
    expect(isOver({ id: '7', restarts: 1 }, own, never)).toBe(true);
    expect(isOver({ id: '7', restarts: 2 }, own, never)).toBe(false);
  });

  test('nothing is known of the jobs of another cluster', () => {
    const own = { SLURM_JOB_ID: '8', SLURM_CLUSTER_NAME: 'north' };
    expect(isOver({ id: '7', restarts: 0, cluster: 'south' }, own, never)).toBe(false);
  });
});

test('the job of a process is in its environment', () => {
  expect(slurmJobOf({})).toBeUndefined();
  expect(slurmJobOf({ SLURM_JOB_ID: '7' })).toEqual({ id: '7', restarts: 0 });
  expect(slurmJobOf({ SLURM_JOB_ID: '7', SLURM_RESTART_COUNT: '3', SLURM_CLUSTER_NAME: 'tc' })).toEqual({
    ...{ id: '7', restarts: 3, cluster: 'tc' },
  });
});
