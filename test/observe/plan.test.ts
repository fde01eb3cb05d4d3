import { describe, expect, test } from 'vitest';
import { formatPlan } from '../../src/observe/plan.js';
import { createStyle } from '../../src/observe/style.js';
import type { Plan, RanksForecast } from '../../src/runtime/plan.js';
import { strategies } from '../../src/study/study.js';

const forecast = (ranks: number, first: number): RanksForecast => ({
  ...{ ranks, bound: first * 0.9, unplaceable: 0, best: 'adaptive' },
  runs: strategies.map((strategy, i) => ({
    ...{ strategy, makespan: first + 1000 * i, efficiency: 0.9 - i / 20 },
  })),
});

const plan: Plan = {
  ...{ name: 'grid', cases: 60_000, done: 59_990, remaining: 10, strategy: 'adaptive', chunk: 'auto' },
  ...{ kernelForm: 'c', inputBytes: 24, outputBytes: 249, journalBytes: 60_000 * 249 },
  cost: { kind: 'features', formulas: ['atoms', 'steps + 1'] },
  exponents: [2.904, 1],
  times: { source: 'this run', cases: 59_990, scatter: 0.28 },
  ...{ unit: 'ms', total: 20_000, longest: 4_000, waits: 'none' },
  forecasts: [forecast(4, 6_000), forecast(10_000, 4_000)],
};

const lines = (changes: Partial<Plan> = {}): string[] =>
  formatPlan({ ...plan, ...changes }, [{ label: 'study', text: 'grid' }], createStyle(false, true)).split(
    '\n',
  );

describe('a plan for people', () => {
  test('says what there is, what is known of times, and how each strategy ends with each number of ranks', () => {
    expect(lines()).toEqual([
      'study        grid',
      'form         C',
      'a case       24 B in, 249 B out',
      'all results  14.2 MiB in the journal',
      'done         59,990, 10 to compute',
      'handed out   adaptive, chunk size found at run time',
      'costs        atoms^2.90 · (steps + 1)^1.00, as learned',
      'times        20 s in all, 2.0 s a case, 4.0 s the longest, by times of 59,990 cases of this run, to ±28 %',
      '',
      'Predicted length of the run',
      '                              4 ranks   10,000 ranks',
      '  adaptive (asked for)   6.0 s   90 %   4.0 s   90 %',
      '  block                  7.0 s   85 %   5.0 s   85 %',
      '  cyclic                 8.0 s   80 %   6.0 s   80 %',
      '  lpt                    9.0 s   75 %   7.0 s   75 %',
      '  self                    10 s   70 %   8.0 s   70 %',
      '  guided                  11 s   65 %   9.0 s   65 %',
      '  factoring               12 s   60 %    10 s   60 %',
      '  adaptive-factoring      13 s   55 %    11 s   55 %',
      '  work-stealing           14 s   50 %    12 s   50 %',
      '  best                       adaptive       adaptive',
      '  no schedule before     5.4 s          3.6 s',
      '  per cent: of the time of all ranks that they compute',
    ]);
  });

  test.each([
    [[], '2 GB a worker, room for 7 here'],
    [
      [4e9, 8e9, 15e9, 15e9],
      '2 GB a worker, room for 7 here; a case that needs more is tried again with 4 GB, 8 GB, 15 GB',
    ],
    [[2e9, 2e9], '2 GB a worker, room for 7 here'],
    [
      [3e9, 4e9, 5e9, 6e9, 7e9, 8e9],
      '2 GB a worker, room for 7 here; a case that needs more is tried again with 3 GB, 4 GB, 5 GB, …, 8 GB',
    ],
  ])('says what memory workers have, and attempts behind the first: %j', (laterBytes, text) => {
    const memory = { limitBytes: 2e9, workers: 7, laterBytes };
    expect(lines({ memory })).toContain(`memory       ${text}`);
    expect(lines().join()).not.toContain('memory');
  });

  test('says where times are unknown, and counts in mean cases', () => {
    const { times: _times, exponents: _exponents, ...unknown } = plan;
    const text = formatPlan({ ...unknown, unit: 'mean case' }, [], createStyle(false, true));
    expect(text).toContain('times        unknown until cases have been computed');
    expect(text).toContain('costs        product of atoms, steps + 1, until it is learned how they matter');
    expect(text).toContain('Predicted length of the run, in mean cases');
    expect(text).toContain('no time was measured yet: what messages cost is left out');
  });

  test.each<[Partial<Plan>, string]>([
    [{ cost: undefined }, 'costs        the same for all cases'],
    [{ cost: { kind: 'known', formula: 'n ^ 2' } }, 'costs        n ^ 2'],
    [{ exponents: [0, 0] }, 'costs        do not depend on atoms, steps + 1'],
    [{ chunk: 7 }, 'handed out   adaptive, 7 cases a chunk'],
    [{ kernelForm: 'typescript' }, 'form         TypeScript'],
  ])('%j', (changes, line) => {
    expect(lines(changes)).toContain(line);
  });

  test('says what was simulated where that was not all', () => {
    const coarse = [
      { ...forecast(4, 1000), coarse: { casesPerTask: 250, workers: 4 } },
      { ...forecast(10_000, 1000), coarse: { casesPerTask: 1, workers: 41 } },
    ];
    expect(lines({ forecasts: coarse }).slice(-2)).toEqual([
      '  simulated for 4 ranks, 250 cases at once',
      '  simulated for 41 of 10,000 ranks, 1 case at once',
    ]);
  });

  test('says what it takes hosts to be, and what it leaves out', () => {
    expect(lines({ waits: 'left out' }).at(-1)).toBe(
      '  what cases wait for, and what they occupy, is left out: they are too many',
    );
    const host = { cores: 64, memoryBytes: 256e9, gpus: 0, ranks: 32 };
    const forecasts = [{ ...forecast(4, 6000), unplaceable: 2 }];
    expect(lines({ waits: 'counted', host, forecasts }).slice(-2)).toEqual([
      '  on hosts like this one, of 64 cores and 256 GB, 32 ranks on each',
      '  left out: 2 cases too large for such a host, or behind one that is',
    ]);
  });

  test('names the hosts that it was told of, and says what it takes them to have', () => {
    const host = { cores: 64, memoryBytes: 256e9, gpus: 0, ranks: 32 };
    const hosts = [
      { name: 'a', ...host, cores: 8, ranks: 8 },
      { name: 'b', ...host, cores: 16, ranks: 16 },
    ];
    expect(lines({ waits: 'counted', host, hosts }).at(-1)).toBe(
      '  on a (8 cores and 256 GB, 8 ranks), b (16 cores and 256 GB, 16 ranks): taken to have a core for each rank, and memory and GPUs as this host',
    );
  });

  test('forecasts nothing of a run that is complete', () => {
    const text = lines({ remaining: 0, done: 60_000, total: 0, longest: 0, forecasts: [] });
    expect(text.at(-1)).toBe('times        of 59,990 cases of this run, to ±28 %');
  });
});
