import { expect, test } from 'vitest';
import type { Host } from '../../../../src/launch/remote/host.js';
import { separator } from '../../../../src/launch/slurm/jobs/lines.js';
import { follow } from '../../../../src/launch/slurm/submit/follow.js';
import { commentWith, newToken, type Submission } from '../../../../src/launch/slurm/submit/submission.js';
import { thisProcess } from '../../../../src/process/identity.js';

const token = newToken();

/** A job as squeue tells it. */
function line(jobId: number, task: string, state: string, comment: string): string {
  const fields = [
    ...[jobId, task, state, 'None', '0:00', '1:00', 1, 'n1', 'N/A', 5, comment, '/', 'p', 'a', 'q', '', 's'],
  ];
  return `${fields.join(separator)}\n`;
}

/** Its scontrol knows no job. */
function hostWith(queue: string): Host {
  const answer = { signal: undefined, isTimeout: false };
  return {
    ...{ name: 'there', isLocal: false },
    run: async (argv) =>
      argv.includes('squeue')
        ? { ...answer, code: 0, stdout: queue, stderr: '' }
        : { ...answer, code: 1, stdout: '', stderr: 'slurm_load_jobs error: Invalid job id specified' },
    readFile: async () => undefined,
    writeFile: async () => {},
    close: async () => {},
  };
}

const sources = { squeue: true, scontrol: true, sacct: false };

async function followed(queue: string, more: Partial<Submission> = {}) {
  const submission: Submission = {
    ...{ schemaVersion: 1, token, host: 'there', site: 'generic', name: 's', jobName: 's', cases: 9 },
    ...{ runDir: '/r', script: '/r/s.sh', workDir: '/', output: 'o', program: ['shoal'] },
    ...{ created: '2026-01-01T10:00:00Z', by: thisProcess() },
    state: { kind: 'submitted', jobId: '7', at: '2026-01-01T10:00:00Z' },
    ...more,
  };
  const [one] = await follow(hostWith(queue), sources, [submission], () => {});
  return one;
}

test('of an array whose tasks go on in jobs of their own the last job of each task counts', async () => {
  const queue = [
    line(7, '1', 'COMPLETED', token),
    line(7, '2', 'TIMEOUT', token),
    line(7, '3', 'RUNNING', token),
    line(7, '[4-5]', 'PENDING', token),
    line(9, '2', 'TIMEOUT', token),
    line(12, '2', 'RUNNING', token),
    line(13, '1', 'RUNNING', 'of another'),
  ].join('');
  const one = await followed(queue, { shards: { tasks: 6, folder: '/r-shards' } });
  expect(one).toMatchObject({ jobId: '12', tasks: { waiting: 2, running: 2, ended: 2, bad: 0 } });
  expect(one?.jobs.map(({ jobId, tasks }) => [jobId, tasks?.ranges[0]?.first])).toEqual([
    ...[
      ['7', 1],
      ['7', 3],
      ['7', 4],
      ['12', 2],
    ],
  ]);
});

test('a job is known by its token beside words of the user and of the site', async () => {
  const comment = commentWith({ token, comment: 'wells, again' });
  expect(comment).toBe(`wells, again ${token}`);
  const one = await followed(line(8, 'N/A', 'RUNNING', `project=x;${comment};checked`));
  expect(one).toMatchObject({ jobId: '8', state: 'RUNNING' });
  expect(await followed(line(8, 'N/A', 'RUNNING', `${token}0`))).toMatchObject({ state: 'forgotten' });
});
