/** A kernel whose cases really take what a feature says, run twice over local processes: the second run is predicted. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { program, shoal } from '../program.js';

let folder: string;
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Two milliseconds times n² of computing, in all 1.5 s. */
const kernel = `import { defineKernel } from 'shoal';
export const kernel = defineKernel({
  name: 'busy', version: '1', inputs: [{ name: 'n' }], outputs: [{ name: 'y' }],
  run({ n }) {
    const end = performance.now() + 2 * n ** 2;
    while (performance.now() < end);
    return { y: 3 * n };
  },
});`;

function run(...args: readonly string[]) {
  const done = shoal(args, { cwd: folder, env: { XDG_CACHE_HOME: join(folder, 'cache') } });
  expect(done.stderr).not.toContain('note:');
  expect(done.status).toBe(0);
  return done.stdout;
}

beforeAll(() => {
  program();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-predictions-'));
  writeFileSync(join(folder, 'kernel.ts'), kernel);
  const values = Array.from({ length: 48 }, (_, i) => 1 + ((i * 5) % 6)).join(', ');
  const lines = ['name: busy', 'kernel: ./kernel.ts', `parameters: { n: [${values}] }`];
  writeFileSync(
    join(folder, 'study.yaml'),
    [...lines, 'cost: { features: [n] }', 'output: [csv]'].join('\n'),
  );
});

// Times are measured here: those of a moment in which the machine stood still say nothing.
test('a run that went before predicts the next, and what both learned is kept', { retry: 2 }, () => {
  const first = JSON.parse(run('run', 'study.yaml', '--ranks', '2', '--run-dir', 'a', '--quiet', '--json'));
  expect(first.prediction).not.toHaveProperty('makespan');
  expect(first.prediction.costs.exponents[0]).toBeGreaterThan(1.3);
  expect(first.prediction.costs.exponents[0]).toBeLessThan(2.3);

  const planned = JSON.parse(run('plan', 'study.yaml', '--ranks', '2', '--run-dir', 'b', '--json'));
  expect(planned).toMatchObject({ unit: 'ms', remaining: 48, times: { cases: 48 } });
  expect(planned.forecasts[0].bound).toBeGreaterThan(600);

  const text = run('run', 'study.yaml', '--ranks', '2', '--run-dir', 'b', '--quiet');
  expect(text).toMatch(/^ {2}predicted .+, took .+ \(.+ %\); costs predicted to .+ by 1 feature$/m);
  const { facts } = JSON.parse(readFileSync(join(folder, 'b', 'manifest.json'), 'utf8')).sessions[0];
  expect(facts.predictedBy).toMatch(/^a run on /);
  // A machine that others use as well may take longer than it was seen to take, and no shorter than 730 ms.
  expect(facts.predictedMs).toBeGreaterThan(600);
  expect(facts.predictedMs).toBeLessThan(4 * facts.elapsedMs);

  const kept = JSON.parse(readFileSync(join(folder, 'b', 'costs.json'), 'utf8'));
  expect(kept).toMatchObject({ cases: 96, cost: { kind: 'features', formulas: ['n'] } });
  expect(readFileSync(join(folder, 'a', 'results.csv'))).toEqual(
    readFileSync(join(folder, 'b', 'results.csv')),
  );
});
