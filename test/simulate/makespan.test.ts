/** How even the end of a run is; bounds are means over a hundred simulated runs on lognormal costs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/process/install.js';
import { meanRatio, ways, workloads } from '../bench/schedule/makespan.js';
import { makespanLine } from '../bench/schedule/tables.js';

const seeds = 100;

describe.each([
  [
    { tasks: 640, sigma: 1, workers: 64 },
    { known: 1.002, learned: 1.01 },
  ],
  [
    { tasks: 256, sigma: 0.5, workers: 64 },
    { known: 1.035, learned: 1.1 },
  ],
] as const)('on %o, adaptive', (workload, most) => {
  test.each([1, 101])(
    'with known costs ends within a little of what no schedule can beat, seeds from %d',
    (first) => {
      expect(meanRatio(workload, 'adaptive', 'costs', seeds, first)).toBeLessThanOrEqual(most.known);
    },
  );

  test.each([1, 101, 201])(
    'with a feature that predicts costs to 30 % ends within a little more, seeds from %d',
    (first) => {
      expect(meanRatio(workload, 'adaptive', 0.3, seeds, first)).toBeLessThanOrEqual(most.learned);
    },
  );

  test('is no worse than self-scheduling where nothing is known, or what is known predicts nothing', () => {
    const self = meanRatio(workload, 'self', 'nothing', seeds);
    expect(meanRatio(workload, 'adaptive', 'nothing', seeds)).toBeLessThanOrEqual(self);
    // Two random orders: their means differ by chance, with a standard error of 0.02.
    expect(meanRatio(workload, 'adaptive', 'useless', seeds)).toBeLessThanOrEqual(self + 0.02);
  });
});

describe('the table in docs/scheduling.md', () => {
  const page = readFileSync(join(packageRoot(), 'docs', 'scheduling.md'), 'utf8');
  /** The columns that are quick to simulate; those of 64 workers are left to the bench. */
  const quick = workloads.filter(({ workers }) => workers < 64);

  test.each(ways)('says what $strategy reaches when told $knowledge', ({ strategy, knowledge }) => {
    const ratios = quick.map((workload) => meanRatio(workload, strategy, knowledge, seeds));
    const start = makespanLine({ strategy, knowledge, ratios }).replace(/\|$/, '');
    expect(page).toContain(start);
  });
});
