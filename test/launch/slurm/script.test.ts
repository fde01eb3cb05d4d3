import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prepareScript } from '../../../src/launch/slurm/script.js';
import { packageRoot } from '../../../src/process/install.js';
import { recordSkip } from '../../skips.js';
import { cases } from './cases.js';
import { type Asked, scriptRequest } from './request.js';

const golden = join(packageRoot(), 'test', 'launch', 'slurm', 'golden');

describe('the script', () => {
  test.each(Object.entries<Asked>(cases))(
    '%s is the golden file, and bash can read it',
    async (name, asked) => {
      const { text } = await prepareScript(await scriptRequest(asked));
      expect(text).toBe(readFileSync(join(golden, `${name}.sh`), 'utf8'));
      const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    },
  );

  test('is one in which ShellCheck finds nothing to warn of', () => {
    const files = readdirSync(golden).map((name) => join(golden, name));
    const { error, stdout } = spawnSync('shellcheck', ['--severity=warning', ...files], { encoding: 'utf8' });
    if (error) recordSkip('scripts for Slurm by ShellCheck: not installed');
    expect(stdout ?? '').toBe('');
  });

  test('of the page for users is shown as it is', async () => {
    const page = readFileSync(join(packageRoot(), 'docs', 'slurm.md'), 'utf8');
    const { text } = await prepareScript(await scriptRequest(cases['of-the-page']));
    expect(page).toContain(`\`\`\`bash\n${text}\`\`\`\n`);
  });

  test('what an option says wins over the study, the study over the site, the site over what holds anywhere', async () => {
    const site =
      'job: { partition: site, account: site, qos: site }\nchain: resubmit\nenvironment: { A: site, B: site }';
    const { job, script } = await prepareScript(
      await scriptRequest({
        ...{ site, job: { partition: 'option' } },
        study: { partition: 'study', account: 'study', environment: { B: 'study' } },
      }),
    );
    expect(job).toMatchObject({ partition: ['option'], account: 'study', qos: 'site', jobName: 'wells' });
    expect(script).toMatchObject({
      chain: 'resubmit',
      launcher: 'mpirun',
      environment: { A: 'site', B: 'study' },
    });
  });

  test('where one layer says memory by core, memory by node of those below is none of it, and the other way round', async () => {
    const request = scriptRequest({ site: 'job: { mem: 4 GB }', study: { mem_per_cpu: '2 GB' } });
    const { text } = await prepareScript(await request);
    expect(text.match(/#SBATCH --mem.*/g)).toEqual(['#SBATCH --mem-per-cpu=1908M']);
    const byNode = scriptRequest({ study: { mem_per_cpu: '2 GB' }, job: { mem: 0 } });
    expect((await prepareScript(await byNode)).text.match(/#SBATCH --mem.*/g)).toEqual(['#SBATCH --mem=0']);
  });

  test('nothing can add a line to it', async () => {
    for (const study of [
      { options: ['--nice=1\nrm -rf ~'] },
      { comment: 'a\nb' },
      { scratch: '/a\nb' },
      { account: 'a" --wrap' },
    ]) {
      await expect(scriptRequest({ study })).rejects.toThrow();
    }
    const { text } = await prepareScript(
      await scriptRequest({ site: 'scratch: "/a\\\\\\"; echo `echo broken` \\""', study: { chain: 'none' } }),
    );
    const line = text.split('\n').find((each) => each.startsWith('export SHOAL_SCRATCH='));
    const bash = `SLURM_JOB_ID=7; ${line}; printf %s "$SHOAL_SCRATCH"`;
    const { stdout } = spawnSync('bash', ['-euc', bash], { encoding: 'utf8' });
    expect(stdout).toBe('/a\\"; echo `echo broken` "/shoal-7');
  });

  test('what cannot be removed behind a job changes nothing of how it ended', async () => {
    const { text } = await prepareScript(await scriptRequest({ site: 'scratch: /local/$SLURM_JOB_ID' }));
    const trap = text.split('\n').find((line) => line.endsWith("' EXIT"));
    const bash = `set -euo pipefail; srun() { false; }; SLURM_NNODES=2 SHOAL_SCRATCH=x\n${trap}\nexit 3`;
    expect(spawnSync('bash', ['-c', bash]).status).toBe(3);
    // Slurm starts no step in a job that it has put in the queue again.
    expect(text.lastIndexOf('rm -rf "$SHOAL_SCRATCH"')).toBeGreaterThan(text.indexOf('the study goes on'));
    expect(text.lastIndexOf('rm -rf "$SHOAL_SCRATCH"')).toBeLessThan(text.indexOf('scontrol requeue'));
  });

  test.each([
    ['requeue', 'sbatch() { ((++calls == 3)); }', 0, ''],
    ['resubmit', 'sbatch() { ((++calls == 3)); }', 0, ''],
    ['requeue', 'sbatch() { false; }', 1, 'the chain stops: Slurm takes no next link'],
    ['resubmit', 'sbatch() { false; }', 1, 'the chain stops: Slurm takes no next link'],
  ] as const)('with chain: %s and %s the job ends with %d', async (chain, sbatch, code, words) => {
    const { text } = await prepareScript(await scriptRequest({ script: { chain }, job: { ntasks: 2 } }));
    const link = text.slice(text.indexOf('# The study goes on in the next link'));
    const bash = `set -euo pipefail; calls=0 progress=1 after=1 cases=2 SLURM_JOB_ID=7
scontrol() { false; }; squeue() { echo; }; sleep() { :; }; ${sbatch}\n${link}`;
    const { status, stderr } = spawnSync('bash', ['-c', bash], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: code, stderr: expect.stringContaining(words) });
  });

  test.each<[string, Asked, string]>([
    [
      'memory by node and by core',
      { study: { mem: '4 GB', mem_per_cpu: '1 GB' } },
      'mem and mem_per_cpu contradict each other',
    ],
    [
      'ranks for shards',
      { job: { ntasks: 4 }, script: { shards: 2 } },
      'a job array over shards has no ranks',
    ],
    ['nodes for shards', { job: { nodes: '2-4' }, script: { shards: 2 } }, 'on one node'],
    ['ranks of nodes for shards', { job: { ntasks_per_node: 4 }, script: { shards: 2 } }, 'on one node'],
    [
      'a signal as long before the limit as the job is',
      { job: { time: '1 h', signal: '1 h' } },
      'signal would come before the job does anything',
    ],
    ['array_limit alone', { script: { arrayLimit: 2 } }, 'array_limit is of job arrays'],
    [
      'shards of an MPI kernel',
      { execution: { ranks_per_task: 2 }, script: { shards: 2 } },
      'an MPI kernel has no shards',
    ],
    ['too few ranks for one', { execution: { ranks_per_task: 4 }, job: { ntasks: 4 } }, 'too few ranks'],
    [
      'an option for all of the study',
      { script: { shards: 2 }, runOptions: ['--limit=3'] },
      'does not go with shards',
    ],
    ['more shards than cases', { script: { shards: 101 } }, 'fewer cases than shards'],
    [
      'a chain by requeue without requeue',
      { job: { requeue: false } },
      'requeue: false contradicts chain: requeue',
    ],
    [
      'auto without times',
      { job: { ntasks: 'auto' }, plan: async () => ({ ...(await unknown()) }) },
      'auto cannot be used',
    ],
    ['time: auto without ranks', { job: { time: 'auto' } }, 'time: auto needs the number of ranks'],
  ])('%s is refused', async (_, asked, message) => {
    await expect(prepareScript(await scriptRequest(asked))).rejects.toThrow(message);
  });
});

async function unknown() {
  const plan = await cases.auto.plan([1]);
  return { ...plan, unit: 'mean case' as const };
}
