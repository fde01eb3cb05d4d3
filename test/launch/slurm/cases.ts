/** Scripts that are kept as golden files, by their names. */
import type { Plan } from '../../../src/runtime/plan.js';
import type { Asked } from './request.js';

export const cases = {
  'of-the-page': {
    site: 'modules: [openmpi/4.1]\nscratch: /local/$SLURM_JOB_ID\nprogram: node /opt/shoal/dist/main.js\n',
    ...{ job: { ntasks: 64, time: '2 h', partition: 'short' } },
  },
  'one-allocation': { job: { ntasks: 64, time: '2 h' } },
  'every-setting': {
    study: {
      job_name: 'wells of 2026',
      nodes: '2-4',
      ntasks: 16,
      ntasks_per_node: 8,
      cpus_per_task: 2,
      mem: '4 GB',
      time: '1-12:00:00',
      partition: ['short', 'long'],
      account: 'geo',
      qos: 'high',
      constraint: 'icelake|cascade',
      gpus: 'a100:2',
      gpus_per_node: 1,
      gres: 'tmpfs:10G',
      exclusive: 'user',
      dependency: 'afterok:1234',
      begin: 'now+1hour',
      nodelist: 'n[1-4]',
      exclude: 'n9',
      mail_type: ['END', 'FAIL'],
      mail_user: 'ada@example.org',
      licenses: 'solver:4',
      reservation: 'maintenance',
      output: 'logs/%x-%j.out',
      error: 'logs/%x-%j.err',
      signal: '5 min',
      requeue: true,
      hint: 'nomultithread',
      comment: 'a # in it',
      options: ['--nice=100'],
    },
  },
  'modules-environment-scratch-stagger': {
    site: `
modules: [openmpi/4.1.4, "node/20 --quiet"]
setup: ulimit -s unlimited
environment: { OMP_NUM_THREADS: 1, GREETING: it's here, TOOLS: "$HOME/tools" }
scratch: /local/$SLURM_JOB_ID
stagger: 20 s
program: node /home/ada/shoal/dist/main.js
job: { partition: main, time: 1 h, ntasks: 4 }
`,
    study: { environment: { OMP_NUM_THREADS: 2 } },
    runOptions: ['--timeout=5 min', '--strategy=lpt'],
  },
  'openmpi-srun': {
    job: { ntasks: 4, cpus_per_task: 2, time: '30 min' },
    script: { mpi: 'openmpi', launcher: 'srun' },
  },
  'mpich-mpirun': { job: { ntasks: 4, time: '30 min' }, script: { mpi: 'mpich', launcher: 'mpirun' } },
  'mpich-srun': { job: { ntasks: 4, time: '30 min' }, script: { mpi: 'mpich', launcher: 'srun' } },
  intel: { siteName: 'intel', job: { ntasks: 4, time: '30 min' } },
  cray: { siteName: 'cray', job: { ntasks: 4, time: '30 min' } },
  'scratch-of-others': {
    site: 'mpi: cray\nscratch: /tmp/\nchain: resubmit\n',
    job: { ntasks: 4, cpus_per_task: 2, time: '30 min', options: ['--nice=1', '--wckey="my key"'] },
  },
  'no-chain-no-preflight': {
    job: { ntasks: 4, time: '30 min' },
    script: { chain: 'none', preflight: false },
  },
  array: {
    site: 'job: { nodes: 4, ntasks: 64, ntasks_per_node: 16, partition: main }',
    ...{ job: { cpus_per_task: 4, time: '1 h' }, script: { shards: 4, arrayLimit: 2 } },
  },
  'array-beyond-the-limit': {
    job: { time: '1 h' },
    script: { shards: 40, chain: 'resubmit' },
    maxArraySize: 11,
  },
  auto: { job: { ntasks: 'auto', time: 'auto' }, plan: planOf(7_200_000) },
  'mpi-kernel': { job: { ntasks: 9, time: '1 h' }, execution: { ranks_per_task: 4 } },
} as const satisfies Readonly<Record<string, Asked>>;

/** Predictions of cases that take so long together, and lose a tenth of the ranks' time with each doubling. */
export function planOf(totalMs: number): (ranks: readonly number[]) => Promise<Plan> {
  return async (ranks) => ({
    ...{ name: 'wells', cases: 100, done: 0, remaining: 100, strategy: 'adaptive', chunk: 'auto' },
    ...{ kernelForm: 'typescript', inputBytes: 8, outputBytes: 8, journalBytes: 800, cost: undefined },
    times: { source: 'this run directory', cases: 40, scatter: 0.1 },
    ...{ unit: 'ms', total: totalMs, longest: 100_000, waits: 'none' },
    forecasts: ranks.map((count) => {
      const efficiency = Math.max(0.05, 1 - 0.06 * Math.log2(count));
      const makespan = totalMs / count / efficiency;
      return {
        ...{ ranks: count, bound: totalMs / count, unplaceable: 0, best: 'adaptive' },
        runs: [{ strategy: 'adaptive', makespan, efficiency }],
      };
    }),
  });
}
