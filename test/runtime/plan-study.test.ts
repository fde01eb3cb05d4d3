import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { bundleModule } from '../../src/kernels/bundle.js';
import { loadKernel, prepareKernel } from '../../src/kernels/load.js';
import { parseHosts } from '../../src/launch/hosts/hosts.js';
import { availableCores } from '../../src/process/node/cores.js';
import { costSubject, keepCosts } from '../../src/runtime/costs/cost-memory.js';
import type { Plan } from '../../src/runtime/plan.js';
import { type PlanRequest, planStudy } from '../../src/runtime/plan-study.js';
import type { KeptCosts } from '../../src/schedule/kept-costs.js';
import { loadStudy } from '../../src/study/load.js';
import { type Strategy, type Study, strategies } from '../../src/study/study.js';
import { temporaryFolder } from '../store/support.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(
    join(folder, 'kernel.mjs'),
    `export const kernel = { name: 'planned', version: '${folder}', inputs: [{ name: 'n' }],
      outputs: [{ name: 'y', shape: [3] }], run: () => { throw new Error('a plan runs nothing'); } };`,
  );
});

async function studyWith(...lines: readonly string[]): Promise<Study> {
  const file = join(folder, 'study.yaml');
  writeFileSync(file, ['name: planned', 'kernel: ./kernel.mjs', ...lines].join('\n'));
  return loadStudy(file, { solvers: [], bundle: bundleModule });
}

const planOf = (study: Study, ranks: readonly number[], more: Partial<PlanRequest> = {}): Promise<Plan> =>
  planStudy({
    ...{ study, ranks, solvers: [], runDir: join(folder, 'run'), onNotice: () => undefined, ...more },
  });

/** As an earlier run would have left it. */
async function leave(study: Study, costs: KeptCosts): Promise<void> {
  const kernel = await loadKernel(study, [], prepareKernel(study, [], folder).shared, 'typescript');
  keepCosts(folder, costSubject(study, kernel), costs);
}

const sorted = 'parameters: { n: { linspace: [1, 100, 600] } }';
const makespans = ({ forecasts }: Plan, at = 0): Readonly<Record<Strategy, number>> =>
  Object.fromEntries(forecasts[at]!.runs.map(({ strategy, makespan }) => [strategy, makespan])) as never;

describe('a plan', () => {
  test('counts what there is and forecasts every strategy, in mean cases where no time is known', async () => {
    const plan = await planOf(await studyWith(sorted, 'cost: n'), [4, 16]);
    expect(plan).toMatchObject({
      ...{ cases: 600, done: 0, remaining: 600, inputBytes: 8, outputBytes: 24, journalBytes: 14_400 },
      ...{ unit: 'mean case', total: expect.closeTo(600, 6), cost: { kind: 'known', formula: 'n' } },
      strategy: 'adaptive',
    });
    expect(plan).not.toHaveProperty('times');
    expect(plan.forecasts.map(({ ranks, runs }) => [ranks, runs.map(({ strategy }) => strategy)])).toEqual([
      [4, [...strategies]],
      [16, [...strategies]],
    ]);
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });

  test('never ends before what no schedule can beat, and knows what sorted costs do to blocks', async () => {
    const plan = await planOf(await studyWith(sorted, 'cost: n ^ 3'), [2, 8, 64]);
    plan.forecasts.forEach(({ ranks, bound, best }, i) => {
      expect(bound).toBeCloseTo(Math.max(plan.total / ranks, plan.longest), 9);
      const of = makespans(plan, i);
      for (const strategy of strategies) expect(of[strategy]).toBeGreaterThanOrEqual(bound * (1 - 1e-9));
      expect(of.block).toBeGreaterThan(1.5 * of.lpt);
      expect(of[best]).toBeLessThanOrEqual(1.001 * Math.min(...Object.values(of)));
      if (i > 0) expect(of.adaptive).toBeLessThan(makespans(plan, i - 1).adaptive);
    });
  });

  test('knows times that a run of the same kernel left, and says whose they are', async () => {
    const study = await studyWith(sorted, 'cost: { features: [n] }');
    await leave(study, {
      ...{ blocks: 40, cases: 80, msPerUnit: 25, scatter: 0.1 },
      learned: {
        ...{ exponents: [1], centre: [Math.log(50)] },
        deviations: { results: 40, xx: [40], xy: [40], yy: 41 },
      },
    });
    const plan = await planOf(study, [4], { runDir: folder });
    expect(plan).toMatchObject({ unit: 'ms', exponents: [1] });
    expect(plan.times).toEqual({ source: 'this run', cases: 80, scatter: 0.1 });
    // The mean of n is 50.5.
    expect(plan.total).toBeCloseTo((600 * 25 * 50.5) / 50, 3);
    expect(makespans(plan).adaptive / (plan.total / 4)).toBeGreaterThan(0.95);
    expect(makespans(plan).adaptive / (plan.total / 4)).toBeLessThan(1.1);
  });

  test('tells what it cannot use', async () => {
    writeFileSync(join(folder, 'costs.json'), '{}');
    const notices: string[] = [];
    const onNotice = (message: string): number => notices.push(message);
    const plan = await planOf(await studyWith(sorted), [4], { runDir: folder, onNotice });
    expect(plan.unit).toBe('mean case');
    expect(notices).toEqual([expect.stringContaining('costs.json are ignored: it is no file of costs')]);
  });

  test.each([
    ['{ level: n }', 'counted'],
    ['{ resources: { cores: 1 } }', 'counted'],
    ['{ priority: n }', 'none'],
  ])('knows whether `tasks: %s` lets cases wait', async (tasks, waits) => {
    expect(await planOf(await studyWith(sorted, `tasks: ${tasks}`), [2])).toMatchObject({ waits });
  });

  test('waits for what cases wait for, and leaves out what fits on no host like this one', async () => {
    const all = availableCores();
    const inChain = (cores: string, last: number): Promise<Study> =>
      studyWith(
        `cases: [{ n: 1, name: a, after: "" }, { n: 1, name: b, after: a }, { n: 1, name: c, after: b }, { n: ${last}, name: d, after: "" }]`,
        `tasks: { id: name, depends_on: after, resources: { cores: ${cores} } }`,
      );
    // Three cases in a chain and one beside them, in mean cases.
    const narrow = await planOf(await inChain('0.5', 1), [4]);
    expect(narrow.forecasts[0]).toMatchObject({ bound: 3, unplaceable: 0 });
    expect(makespans(narrow).self).toBeCloseTo(3, 5);
    const wide = await planOf(await inChain(String(all), 1), [all]);
    expect(makespans(wide).self).toBeCloseTo(4, 5);
    const large = await planOf(await inChain('n', all + 1), [4]);
    expect(large.forecasts[0]!.unplaceable).toBe(1);
    expect(large.host).toMatchObject({ ranks: all });
  });

  test('knows hosts that are named, each with a core for each of its ranks', async () => {
    const study = await studyWith(
      'cases: [{ n: 2 }, { n: 2 }, { n: 4 }, { n: 5 }]',
      'tasks: { resources: { cores: n } }',
    );
    const named = (text: string, ranks: number): Promise<Plan> =>
      planOf(study, [ranks], { hosts: parseHosts(text) });
    const uneven = await named('a:2,b:4', 6);
    expect(uneven.hosts).toMatchObject([
      { name: 'a', cores: 2, ranks: 2 },
      { name: 'b', cores: 4, ranks: 4 },
    ]);
    // Five cores are nowhere; two on a twice, four on b.
    expect(uneven.forecasts[0]!.unplaceable).toBe(1);
    expect(makespans(uneven).self).toBeCloseTo(2, 5);
    const wide = await named('a:8,b:5', 13);
    expect(wide.forecasts[0]!.unplaceable).toBe(0);
    expect(makespans(wide).self).toBeCloseTo(1, 5);
  });

  test('knows what else is said of hosts: cores beyond their ranks, memory, GPUs, and the site that has them', async () => {
    const study = await studyWith(
      'cases: [{ n: 2 }, { n: 2 }, { n: 4 }, { n: 9 }]',
      'tasks: { resources: { cores: n, gpus: 1 } }',
    );
    const hosts = [{ name: 'node 1', slots: 3, cores: 8, memoryBytes: 4e9, gpus: 3 }];
    const plan = await planOf(study, [3], { hosts, site: 'big' });
    expect(plan.hosts).toEqual([{ name: 'node 1', cores: 8, memoryBytes: 4e9, gpus: 3, ranks: 3 }]);
    expect(plan.site).toEqual({ name: 'big', nodes: 1, ranks: 3 });
    // All of them at once, but for the one that is larger than the node.
    expect(plan.forecasts[0]!.unplaceable).toBe(1);
    expect(makespans(plan).self).toBeCloseTo(1, 5);
  });

  test('takes strategy and chunk from who asks', async () => {
    const plan = await planOf(await studyWith(sorted), [3], { strategy: 'self', chunk: 200 });
    expect(plan).toMatchObject({ strategy: 'self', chunk: 200 });
    expect(makespans(plan).self).toBeCloseTo(200, 0);
  });

  test('answers for a hundred million cases, and says how coarse it was', async () => {
    const lines = ['sample: { count: 100000000 }', 'parameters: { n: { uniform: [1, 3] } }', 'cost: n'];
    const plan = await planOf(await studyWith(...lines), [64, 100_000]);
    expect(plan.forecasts.map(({ coarse }) => coarse!.casesPerTask > 1)).toEqual([true, true]);
    expect(plan.forecasts[1]!.coarse!.workers).toBeLessThan(100_000);
    expect(makespans(plan).adaptive / (plan.total / 64)).toBeCloseTo(1, 1);
  });
});
