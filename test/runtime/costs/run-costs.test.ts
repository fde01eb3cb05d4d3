/** What runs keep of the times of cases, and what the next ones make of it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundleModule } from '../../../src/kernels/bundle.js';
import type { RunOutcome, RunRequest } from '../../../src/runtime/api.js';
import { run } from '../../../src/runtime/run.js';
import { readManifest } from '../../../src/store/manifest.js';
import { loadStudy } from '../../../src/study/load.js';
import { temporaryFolder } from '../../store/support.js';

let folder: string;
let cache: string;
let notices: string[];

/** Waits, because a processor that others use as well does not lengthen a wait. */
const kernel = `const pause = new Int32Array(new SharedArrayBuffer(4));
export const kernel = { name: 'slow', version: '1', inputs: [{ name: 'n' }], outputs: [{ name: 'y' }],
  run: ({ n }) => {
    if (n > 90) throw new RangeError('too large');
    Atomics.wait(pause, 0, 0, n * n);
    return { y: 2 * n };
  } };`;

beforeEach(() => {
  folder = temporaryFolder();
  cache = join(folder, 'cache');
  notices = [];
  vi.stubEnv('XDG_CACHE_HOME', cache);
  writeFileSync(join(folder, 'kernel.mjs'), kernel);
});
afterEach(() => vi.unstubAllEnvs());

const costs = (dir: string): string => join(folder, dir, 'costs.json');
const shared = (): string[] => readdirSync(join(cache, 'shoal', 'costs'));
const readCosts = (dir: string) => JSON.parse(readFileSync(costs(dir), 'utf8'));

interface Changes extends Partial<Pick<RunRequest, 'limit' | 'strategy' | 'retry'>> {
  readonly cost?: string;
  readonly rest?: string;
}

async function compute(
  dir: string,
  { cost = '{ features: [n] }', rest = '', ...changes }: Changes = {},
): Promise<RunOutcome> {
  const file = join(folder, 'study.yaml');
  const values = Array.from({ length: 30 }, (_, i) => 1 + (i % 6)).join(', ');
  const lines = ['name: slow', 'kernel: ./kernel.mjs', `parameters: { n: [${values}] }`, 'output: [csv]'];
  writeFileSync(file, [...lines, ...(cost === '' ? [] : [`cost: ${cost}`]), rest].join('\n'));
  const study = await loadStudy(file, { solvers: [], bundle: bundleModule });
  const request: RunRequest = {
    ...{ study, runDir: join(folder, dir), ranks: 1, ...changes },
    stop: new AbortController().signal,
    onProgress: () => undefined,
    onNotice: (message) => notices.push(message),
  };
  return run(request, { solvers: [], isSequential: true });
}

describe('a run', () => {
  test('predicts nothing of a kernel that never ran, and keeps what it learned', async () => {
    const { prediction } = await compute('a');
    expect(prediction).not.toHaveProperty('makespan');
    expect(prediction!.costs).toMatchObject({ by: 'features' });
    expect(prediction!.costs!.exponents![0]).toBeGreaterThan(1);
    expect(readCosts('a')).toMatchObject({ schemaVersion: 1, cost: { formulas: ['n'] }, cases: 30 });
    expect(shared()).toHaveLength(1);
    expect(notices).toEqual([]);
  });

  test('is predicted by what a run elsewhere kept, and its results stay the same', async () => {
    await compute('a');
    const { prediction } = await compute('b', { strategy: 'self' });
    const { predictedMs, tookMs, source } = prediction!.makespan!;
    // 455 ms of waiting.
    expect(predictedMs).toBeGreaterThan(300);
    expect(tookMs).toBeGreaterThan(450);
    expect(source).toMatch(/^a run on .+, \d{4}-\d\d-\d\d$/);
    const facts = readManifest(join(folder, 'b'))!.sessions[0]!.facts;
    expect(facts).toMatchObject({ predictedMs, predictedBy: source, prediction });
    expect(readFileSync(join(folder, 'a', 'results.csv'))).toEqual(
      readFileSync(join(folder, 'b', 'results.csv')),
    );
    expect(readCosts('b')).toMatchObject({ cases: 60 });
    expect(notices).toEqual([]);
  });

  test('that goes on is predicted by its own past', async () => {
    await compute('a', { limit: 12 });
    const { prediction } = await compute('a');
    expect(prediction!.makespan).toMatchObject({ source: 'this run' });
    expect(readCosts('a')).toMatchObject({ cases: 30 });
  });

  test('needs no cost in the study to predict by the mean of its cases', async () => {
    const first = await compute('a', { cost: '' });
    expect(first.prediction).toBeUndefined();
    const { prediction } = await compute('b', { cost: '' });
    expect(prediction!.makespan!.predictedMs).toBeGreaterThan(400);
    expect(prediction).not.toHaveProperty('costs');
  });

  test('without a cost is not predicted by cases of another kind', async () => {
    await compute('a', { cost: '' });
    const rest = 'derived: { m: n + 1 }';
    const { prediction } = await compute('b', { cost: '', rest });
    expect(prediction).toBeUndefined();
  });

  test('says how well a formula fits, and learns what a unit of it takes', async () => {
    const { prediction } = await compute('a', { cost: 'n ^ 2' });
    expect(prediction!.costs).toMatchObject({ by: 'formula' });
    expect(readCosts('a').msPerUnit).toBeGreaterThan(0.9);
    expect(readCosts('a')).not.toHaveProperty('learned');
  });

  test('under other settings takes from others how costs go, and not how long cases are', async () => {
    await compute('a');
    const { prediction } = await compute('b', { rest: 'settings: { digits: 9 }' });
    expect(prediction).not.toHaveProperty('makespan');
    expect(readCosts('b').learned.deviations.results).toBe(60);
  });

  test('is not predicted when it computes nothing', async () => {
    await compute('a');
    expect(await compute('a')).not.toHaveProperty('prediction');
  });
});

describe('what was kept', () => {
  test('is ignored with a notice when it is damaged, and the journal is asked instead', async () => {
    await compute('a', { limit: 12 });
    writeFileSync(costs('a'), '{');
    const { prediction } = await compute('a');
    expect(notices).toEqual([`the costs kept in ${costs('a')} are ignored: it is not JSON`]);
    expect(prediction!.makespan).toMatchObject({ source: 'this run' });
    expect(readCosts('a')).toMatchObject({ cases: 30 });
  });

  test('is ignored with a notice when the study says something else of costs now', async () => {
    await compute('a', { limit: 12 });
    const { prediction } = await compute('a', { cost: 'n' });
    expect(notices).toEqual([
      `the costs kept in ${costs('a')} are ignored: it was learned with another \`cost\` in the study`,
    ]);
    expect(prediction!.makespan).toMatchObject({ source: 'this run' });
  });

  test('in a damaged file of the cache is ignored with a notice and replaced', async () => {
    await compute('a');
    const [name] = shared() as [string];
    const path = join(cache, 'shoal', 'costs', name);
    writeFileSync(path, 'x');
    expect((await compute('b')).prediction).not.toHaveProperty('makespan');
    expect(notices).toEqual([`the costs kept in ${path} are ignored: it is not JSON`]);
    expect((await compute('c')).prediction).toHaveProperty('makespan');
  });

  test('where the cache cannot be written is kept in the run directory alone', async () => {
    writeFileSync(cache, 'a file, no folder');
    const outcome = await compute('a');
    expect(outcome.state).toBe('completed');
    expect(notices).toEqual([]);
    expect(existsSync(costs('a'))).toBe(true);
    expect(readFileSync(join(folder, 'a', 'log.jsonl'), 'utf8')).toContain(
      'costs cannot be kept in the cache',
    );
  });

  test('of many kernels does not fill the cache for ever: the oldest go', async () => {
    const dir = join(cache, 'shoal', 'costs');
    mkdirSync(dir, { recursive: true });
    for (let i = 0; i < 502; i++) {
      writeFileSync(join(dir, `${i}.json`), '{}');
      utimesSync(join(dir, `${i}.json`), 1000 + i, 1000 + i);
    }
    await compute('a');
    expect(shared()).toHaveLength(500);
    expect(existsSync(join(dir, '2.json'))).toBe(false);
    expect(existsSync(join(dir, '3.json'))).toBe(true);
  });

  test('does not take failed cases for quick ones', async () => {
    // However a loaded machine cuts cases into pieces, one without failures takes 10 ms a case or longer.
    writeFileSync(join(folder, 'kernel.mjs'), kernel.replace('n > 90', 'n > 3').replace('n * n', '10'));
    await compute('a', { cost: '', rest: 'schedule: { strategy: self, chunk: 1 }' });
    expect(readCosts('a').msPerUnit).toBeGreaterThan(9.5);
    expect(readCosts('a').cases).toBeLessThanOrEqual(15);
  });
});
