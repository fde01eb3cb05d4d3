import { describe, expect, test } from 'vitest';
import { accountOf, clock } from '../../../../src/launch/slurm/jobs/ends.js';
import { slurmFault } from '../../../../src/launch/slurm/jobs/faults.js';
import { mergedJob, type SlurmJob } from '../../../../src/launch/slurm/jobs/job.js';
import { parseSacct } from '../../../../src/launch/slurm/jobs/sacct.js';
import { jobState } from '../../../../src/launch/slurm/jobs/states.js';
import { waitWords } from '../../../../src/launch/slurm/jobs/waits.js';
import { sacctText } from './recorded.js';

const submission = 'sbatch: error: Batch job submission failed: ';

describe('what Slurm prints when it fails', () => {
  test.each([
    [`${submission}Unable to contact slurm controller (connect failure)`, false],
    ['slurm_load_jobs error: Unable to contact slurm controller (connect failure)', false],
    [`${submission}Socket timed out on send/recv operation`, true],
    [`${submission}Zero Bytes were transmitted or received`, true],
    [`${submission}Slurm backup controller in standby mode`, false],
    ['sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying', false],
    [
      'sbatch: error: If munged is up, restart with --num-threads=10\nsbatch: error: Munge encode failed: Failed to access "/run/munge/munge.socket.2": No such file or directory',
      false,
    ],
    ['slurm_load_jobs error: Connection timed out', true],
  ])('%s may pass', (text, isUnsure) => {
    expect(slurmFault(text)).toMatchObject({ kind: 'transient', isUnsure });
  });

  test.each([
    [
      `sbatch: error: invalid partition specified: nope\n${submission}Invalid partition name specified`,
      /no such partition/,
    ],
    [`${submission}Invalid account or account/partition combination specified`, /account/],
    [`${submission}Invalid qos specification`, /quality of service/],
    ['sbatch: error: Invalid --time specification', /time limit/],
    [
      `${submission}Requested time limit is invalid (missing or exceeds some limit)`,
      /longer than the partition allows/,
    ],
    [
      `sbatch: error: Memory specification can not be satisfied\n${submission}Requested node configuration is not available`,
      /memory/,
    ],
    [`${submission}Requested node configuration is not available`, /no nodes/],
    ['sbatch: error: Invalid generic resource (gres) specification', /GPU/],
    [`${submission}Invalid feature specification`, /feature/],
    [`${submission}Requested reservation is invalid`, /reservation/],
    [`${submission}Invalid license specification`, /licence/],
    [`${submission}Invalid job array specification`, /array/],
    [`${submission}Invalid node name specified`, /node/],
    [
      `${submission}Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)`,
      /limit/,
    ],
    [`sbatch: unrecognized option '--bogus'\nTry "sbatch --help" for more information`, /option/],
  ])('%s is refused', (text, words) => {
    const fault = slurmFault(text);
    expect(fault).toMatchObject({ kind: 'refused', words: expect.stringMatching(words) });
    expect(fault.message).not.toMatch(/sbatch: error|Try "/);
  });

  test.each([
    ['slurm_load_jobs error: Invalid job id specified', 'no such job'],
    ['scancel: error: Kill job error on job id 9: Invalid job id specified', 'no such job'],
    ['Slurm accounting storage is disabled', 'absent'],
    ['sbatch: something that nobody has seen', 'other'],
    ['', 'other'],
  ])('%j is %s', (text, kind) => {
    expect(slurmFault(text).kind).toBe(kind);
  });
});

describe('why a job waits', () => {
  test.each([
    ['Priority', 'jobs with higher priority come first (Priority)'],
    ['Resources', 'no nodes are free that suit it; it is next (Resources)'],
    ['JobArrayTaskLimit', 'as many tasks of its array run as may run at once (JobArrayTaskLimit)'],
    ['QOSMaxCpuPerUserLimit', 'a limit of its quality of service is reached (QOSMaxCpuPerUserLimit)'],
    ['AssocGrpCPUMinutesLimit', 'a limit of its account is reached (AssocGrpCPUMinutesLimit)'],
    [
      'ReqNodeNotAvail, UnavailableNodes:n[1-3]',
      'a node that it needs is down, drained or reserved (ReqNodeNotAvail, UnavailableNodes:n[1-3])',
    ],
    ['MoonPhase', 'Slurm says MoonPhase'],
    [undefined, 'the scheduler has not looked at it yet'],
  ])('%s', (reason, words) => {
    expect(waitWords(reason)).toBe(words);
  });
});

describe('how a job ended', () => {
  const job = (state: string, facts: Partial<SlurmJob> = {}): SlurmJob => ({
    ...{ jobId: '9', name: 'x', state: jobState(state) },
    ...facts,
  });
  const MiB = 2 ** 20;

  test.each<[string, SlurmJob, string | undefined, RegExp]>([
    [
      'memory',
      job('OUT_OF_MEMORY', { asked: { bytes: 60 * MiB, per: 'node' }, usedBytes: 59 * MiB }),
      undefined,
      /^ran out of memory: 60 MiB a node were asked for, one of its tasks was last seen with 59 MiB$/,
    ],
    [
      'memory of a step',
      job('FAILED', { asked: { bytes: 60 * MiB, per: 'job' }, exit: { code: 1, signal: 0 } }),
      'slurmstepd: error: Detected 1 oom-kill event(s) in StepId=3.0.',
      /^ran out of memory: 60 MiB were asked for$/,
    ],
    ['time', job('TIMEOUT', { limitMs: 5_400_000 }), undefined, /^reached its time limit of 1:30:00$/],
    [
      'node',
      job('NODE_FAIL', { nodes: 'n[1-3]' }),
      undefined,
      /^ended because a node failed \(of n\[1-3\]\)$/,
    ],
    ['preempted', job('PREEMPTED'), undefined, /^was pushed out/],
    ['boot', job('BOOT_FAIL', { nodes: 'n1' }), undefined, /^never started: .*\(n1\)$/],
    [
      'cancelled by a user',
      job('CANCELLED', { cancelledBy: '1000', elapsedMs: 4_000 }),
      undefined,
      /^was cancelled by user 1000 after 0:04$/,
    ],
    [
      'cancelled while it waited',
      job('CANCELLED', { elapsedMs: 0 }),
      undefined,
      /^was cancelled before it started$/,
    ],
    [
      'dependency',
      job('CANCELLED', { reason: 'DependencyNeverSatisfied', dependency: 'afterok:2(failed)' }),
      undefined,
      /^was cancelled by Slurm: .*\(afterok:2\(failed\)\)$/,
    ],
    [
      'folder',
      job('FAILED', {
        reason: 'JobLaunchFailure',
        exit: { code: 0, signal: 53 },
        nodes: 'n1',
        workDir: '/nope',
      }),
      undefined,
      /^could not be started on n1/,
    ],
    [
      'exit code',
      job('FAILED', { reason: 'NonZeroExitCode', exit: { code: 2, signal: 0 } }),
      undefined,
      /^failed with exit code 2: bad input/,
    ],
    ['signal', job('FAILED', { exit: { code: 0, signal: 9 } }), undefined, /^was ended by signal 9/],
    ['completed', job('COMPLETED', { elapsedMs: 65_000 }), undefined, /^completed in 1:05$/],
    ['unknown', job('HIBERNATING'), undefined, /^is in the state HIBERNATING$/],
    [
      'requeued',
      job('PENDING', { restarts: 2, reason: 'BeginTime' }),
      undefined,
      /^waits, for the 3rd time: it may not start before/,
    ],
    [
      'preempted and requeued',
      job('PENDING', { restarts: 1, reason: 'BeginTime', before: jobState('PREEMPTED') }),
      undefined,
      /^waits, for the 2nd time since a job of higher priority pushed it out: it may not start before/,
    ],
  ])('%s', (_, facts, printed, words) => {
    expect(accountOf({ job: facts, printed }).words).toMatch(words);
  });

  test('a job that is back in the queue is said to be, though the accounts have its end alone', () => {
    const back = mergedJob(
      job('NODE_FAIL', { nodes: 'n1', elapsedMs: 4_000 }),
      job('PENDING', { reason: 'BeginTime' }),
    );
    expect(accountOf({ job: back }).words).toMatch(/^waits, again since a node failed: it may not start/);
    expect(mergedJob(job('RUNNING'), job('COMPLETED'))).not.toHaveProperty('before');
  });

  test('a step that ran out of memory in the accounts says so of its job', () => {
    const [oom] = parseSacct(sacctText).jobs as [SlurmJob];
    expect(accountOf({ job: oom }).words).toBe(
      'ran out of memory: 60 MiB were asked for, one of its tasks was last seen with 60 MiB',
    );
  });

  test('clocks', () => {
    expect([0, 65_000, 7_509_000, 100_800_000].map(clock)).toEqual([
      '0:00',
      '1:05',
      '2:05:09',
      '1 d 4:00:00',
    ]);
  });
});
