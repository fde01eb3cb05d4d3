import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  arrayTaskCount,
  formatArrayTasks,
  parseArrayTasks,
} from '../../../../src/launch/slurm/jobs/array-tasks.js';
import { shownId } from '../../../../src/launch/slurm/jobs/job.js';
import { separator } from '../../../../src/launch/slurm/jobs/lines.js';
import {
  parseElapsedMs,
  parseExit,
  parseMemory,
  parseTime,
} from '../../../../src/launch/slurm/jobs/quantities.js';
import { parseSacct } from '../../../../src/launch/slurm/jobs/sacct.js';
import { parseScontrol } from '../../../../src/launch/slurm/jobs/scontrol.js';
import { parseSqueue } from '../../../../src/launch/slurm/jobs/squeue.js';
import { jobState, jobStates } from '../../../../src/launch/slurm/jobs/states.js';
import { sacctText, scontrolText, squeueText } from './recorded.js';

describe('states', () => {
  test('every state is read in full, by its letters and in small letters', () => {
    for (const state of jobStates) {
      for (const text of [state.name, state.code, state.name.toLowerCase()])
        expect(jobState(text)).toBe(state);
    }
    expect(new Set(jobStates.flatMap(({ name, code }) => [name, code])).size).toBe(2 * jobStates.length);
  });

  test.each([
    ['CANCELLED by 1000', 'CANCELLED', 'ended'],
    ['CANCELLED+', 'CANCELLED', 'ended'],
    ['COMPLETED,COMPLETING', 'COMPLETED', 'ended'],
    ['OUT_OF_ME+', 'OUT_OF_ME', 'unknown'],
    ['HIBERNATING', 'HIBERNATING', 'unknown'],
    ['', 'UNKNOWN', 'unknown'],
  ])('%j is %s, %s', (text, name, phase) => {
    expect(jobState(text)).toMatchObject({ name, phase });
  });

  test('any text is a state', () => {
    fc.assert(fc.property(fc.string(), (text) => jobState(text).name !== ''));
  });
});

describe('quantities', () => {
  test.each([
    ['0:00', 0],
    ['3:04', 184_000],
    ['02:03:04', 7_384_000],
    ['1-02:03:04', 93_784_000],
    ['UNLIMITED', undefined],
    ['INVALID', undefined],
    ['', undefined],
  ])('the time %j is %s ms', (text, ms) => {
    expect(parseElapsedMs(text)).toBe(ms);
  });

  test.each([
    ['100M', 100 * 2 ** 20, 'job'],
    ['4000Mn', 4000 * 2 ** 20, 'node'],
    ['2Gc', 2 ** 31, 'cpu'],
    ['1.50G', 1.5 * 2 ** 30, 'job'],
    ['368K', 368 * 1024, 'job'],
    ['60', 60 * 2 ** 20, 'job'],
  ])('%s is memory', (text, bytes, per) => {
    expect(parseMemory(text)).toEqual({ bytes, per });
  });

  test('what is none is undefined', () => {
    for (const text of ['', 'N/A', '?', '5 apples', '-1M']) expect(parseMemory(text)).toBeUndefined();
    for (const text of ['', 'N/A', '3']) expect(parseExit(text)).toBeUndefined();
    for (const text of ['Unknown', 'N/A', '', '0', 'tomorrow']) expect(parseTime(text)).toBeUndefined();
    expect(parseTime('1795646685')).toBe('2026-11-25T22:44:45.000Z');
  });
});

describe('tasks of arrays', () => {
  test.each([
    ['7', 1],
    ['1-4,9', 5],
    ['[3-6%2]', 4],
    ['0-20:5', 5],
    ['1,2,5-9,...', 7],
    ['4-4', 1],
  ])('%s are %i that are listed', (text, count) => {
    const tasks = parseArrayTasks(text);
    expect(tasks && arrayTaskCount(tasks)).toBe(count);
    expect(tasks?.isCut).toBe(text.includes('...'));
  });

  test('what is no list is undefined', () => {
    for (const text of ['N/A', '', '[]', 'a-b', '(null)']) expect(parseArrayTasks(text)).toBeUndefined();
  });

  const range = fc
    .tuple(fc.nat(9_999), fc.nat(99), fc.integer({ min: 1, max: 9 }))
    .map(([first, steps, step]) => ({ first, last: first + steps * step, step: steps === 0 ? 1 : step }));
  const lists = fc.record(
    {
      ranges: fc.array(range, { minLength: 1, maxLength: 5 }),
      isCut: fc.boolean(),
      limit: fc.integer({ min: 1, max: 99 }),
    },
    { requiredKeys: ['ranges', 'isCut'] },
  );

  test('a list is read back as it was written, in brackets or not', () => {
    fc.assert(
      fc.property(lists, (tasks) => {
        expect(parseArrayTasks(formatArrayTasks(tasks))).toEqual(tasks);
        expect(parseArrayTasks(`[${formatArrayTasks(tasks)}]`)).toEqual(tasks);
      }),
    );
  });
});

describe('squeue', () => {
  test('jobs of all kinds are read', () => {
    const { jobs, unreadLines } = parseSqueue(squeueText);
    expect(unreadLines).toBe(0);
    expect(jobs.map((job) => `${shownId(job)} ${job.state.name} ${job.reason ?? '-'}`)).toEqual([
      '27 COMPLETED -',
      '33 COMPLETING -',
      '29 FAILED NonZeroExitCode',
      '8 PENDING DependencyNeverSatisfied',
      '11 PENDING BeginTime',
      '31_[3-6%2] PENDING JobArrayTaskLimit',
      '31_1 RUNNING -',
    ]);
    expect(jobs[0]).toEqual({
      ...{ jobId: '27', name: 'ok job', state: jobState('COMPLETED'), comment: 'shoal-0123456789abcdef0123' },
      ...{ elapsedMs: 4_000, limitMs: 600_000, nodeCount: 1, nodes: 'n1', workDir: '/tmp/w' },
      ...{ start: '2026-11-25T23:00:09.000Z', submitted: '2026-11-25T23:00:09.000Z' },
      ...{ partition: 'main', account: 'root', qos: 'normal' },
    });
    expect(jobs[4]).not.toHaveProperty('limitMs');
  });

  test('output that is cut anywhere gives the jobs before the cut, whole', () => {
    const all = parseSqueue(squeueText).jobs;
    fc.assert(
      fc.property(fc.nat(squeueText.length), (cut) => {
        const { jobs } = parseSqueue(squeueText.slice(0, cut));
        const whole = squeueText.slice(0, cut).split('\n').length - 1;
        expect(jobs.slice(0, whole)).toEqual(all.slice(0, whole));
        expect(jobs.length - whole).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('names and folders may hold anything but the separator and line ends', () => {
    const text = fc.string().map((value) => `/${value.replaceAll(separator, ' ').replaceAll('\n', ' ')}x`);
    fc.assert(
      fc.property(text, text, (name, workDir) => {
        const line = [
          '5',
          'N/A',
          'RUNNING',
          'None',
          '0:01',
          '1:00',
          '1',
          'n1',
          '5',
          '5',
          '(null)',
          workDir,
          'p',
          'a',
          'q',
          '',
          name,
        ];
        expect(parseSqueue(line.join(separator)).jobs).toMatchObject([
          { jobId: '5', name, workDir: workDir.trim() },
        ]);
      }),
    );
  });
});

describe('scontrol', () => {
  test('jobs, arrays and tasks of them are read', () => {
    const { jobs, unreadLines } = parseScontrol(scontrolText);
    expect(unreadLines).toBe(0);
    expect(jobs.map(shownId)).toEqual(['2', '5_[3-6%2]', '5_1']);
    expect(jobs[0]).toMatchObject({
      ...{ name: 'fail|x Foo=bar', comment: 'a|b c=d', workDir: '/tmp/w', output: '/tmp/w/2.out' },
      ...{
        exit: { code: 3, signal: 0 },
        elapsedMs: 1_000,
        restarts: 0,
        asked: { bytes: 100 * 2 ** 20, per: 'job' },
      },
    });
    expect(jobs[1]).toMatchObject({ nodeCount: 1, asked: { bytes: 60 * 2 ** 20, per: 'node' } });
    expect(jobs[2]).toMatchObject({ restarts: 2, nodes: 'n[1-3]', asked: { bytes: 2 ** 31, per: 'cpu' } });
    expect(jobs[2]).not.toHaveProperty('limitMs');
  });

  test('what is cut, or no job at all, is counted and passed over', () => {
    expect(parseScontrol('No jobs in the system\n')).toEqual({ jobs: [], unreadLines: 0 });
    expect(parseScontrol(`${scontrolText}JobId=9 JobName=x UserId=a(1) Grou`)).toMatchObject({
      unreadLines: 1,
    });
    fc.assert(
      fc.property(
        fc.nat(scontrolText.length),
        (cut) => parseScontrol(scontrolText.slice(0, cut)).jobs.length <= 3,
      ),
    );
  });
});

describe('sacct', () => {
  const { jobs, unreadLines } = parseSacct(sacctText);
  const job = (id: string) => jobs.find((each) => shownId(each) === id);

  test('jobs have what their steps used, and arrays their tasks', () => {
    expect(unreadLines).toBe(0);
    expect(jobs.map(shownId)).toEqual(['3', '4', '7', '5_1', '5_[3-6%2]', '9']);
    expect(job('3')).toMatchObject({
      isMemoryKilled: true,
      usedBytes: 60 * 2 ** 20,
      asked: { bytes: 60 * 2 ** 20 },
    });
    expect(job('4')).toMatchObject({ limitMs: 60_000, elapsedMs: 85_000, usedBytes: 368 * 1024 });
    expect(job('7')).toMatchObject({ cancelledBy: '20001', state: jobState('CANCELLED') });
    expect(job('5_[3-6%2]')).not.toHaveProperty('nodes');
  });

  test('the last time that a requeued job ran counts', () => {
    expect(job('9')).toMatchObject({
      state: jobState('COMPLETED'),
      restarts: 1,
      before: jobState('NODE_FAIL'),
      nodes: 'n2',
      asked: { per: 'cpu' },
    });
  });

  test('lines that are cut are passed over', () => {
    fc.assert(
      fc.property(fc.nat(sacctText.length), (cut) => {
        const part = parseSacct(sacctText.slice(0, cut));
        expect(part.unreadLines).toBeLessThanOrEqual(1);
        expect(part.jobs.length).toBeLessThanOrEqual(jobs.length);
      }),
    );
  });
});
