import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReportFacts } from '../../src/observe/report/facts.js';
import { program, shoal } from '../program.js';

let folder: string;

beforeAll(() => {
  program();
  folder = mkdtempSync(join(tmpdir(), 'shoal-report-'));
  const kernel = `export const kernel = { name: 'odd', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
    run: ({ x }) => { if (x % 10 === 3) throw new RangeError('x is ' + x); return { y: 2 * x }; } };`;
  writeFileSync(join(folder, 'kernel.mjs'), kernel);
  writeFileSync(
    join(folder, 'study.yaml'),
    'name: odd\nkernel: ./kernel.mjs\nparameters:\n  x: { linspace: [0, 99, 100] }\noutput: [csv]\n',
  );
  for (const more of [['--limit', '40'], []]) {
    expect(shoal(['run', 'study.yaml', '--ranks', '2', '--quiet', ...more], { cwd: folder }).status).toBe(1);
  }
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('report', () => {
  test('writes a page and a trace into the folder of the run', () => {
    const { status, stdout, stderr } = shoal(['report', 'runs/odd'], { cwd: folder });
    expect([status, stdout, stderr]).toEqual([0, 'runs/odd/report.html\nruns/odd/trace.json\n', '']);
    const page = readFileSync(join(folder, 'runs/odd/report.html'), 'utf8');
    expect(page).toContain('resume runs/odd --retry failed');
    expect(page).toContain('failed RangeError');
    expect(page).toContain('Ranks over time');
    const trace = JSON.parse(readFileSync(join(folder, 'runs/odd/trace.json'), 'utf8')) as {
      traceEvents: { ph: string; cat?: string; args: { cases?: number } }[];
    };
    const blocks = trace.traceEvents.filter(({ cat }) => cat === 'block');
    expect(blocks.reduce((sum, { args }) => sum + (args.cases ?? 0), 0)).toBe(100);
    expect(trace.traceEvents.filter(({ cat }) => cat === 'session')).toHaveLength(2);
  });

  test('as JSON says the same', () => {
    const facts = JSON.parse(shoal(['report', 'runs/odd', '--json'], { cwd: folder }).stdout) as ReportFacts;
    expect(facts).toMatchObject({
      ...{ name: 'odd', state: 'completed', cases: 100, done: 100 },
      statistics: { totalTasks: 100, successful: 90, failed: 10, timeout: 0, cancelled: 0 },
      failures: [{ type: 'RangeError', count: 10, example: 3 }],
      sessions: [
        { session: 1, ranks: 2, state: 'completed', statistics: { totalTasks: 40, failed: 4 } },
        { session: 2, ranks: 2, state: 'completed', statistics: { totalTasks: 60, failed: 6 } },
      ],
    });
    expect(facts.files).toContain('results.csv');
    expect(facts.caseTimes.cases).toBe(100);
  });

  test('status and the manifest have the statistics as well', () => {
    const status = JSON.parse(shoal(['status', 'runs/odd', '--json'], { cwd: folder }).stdout) as unknown;
    expect(status).toMatchObject({ statistics: { totalTasks: 100, successful: 90 } });
    const manifest = JSON.parse(readFileSync(join(folder, 'runs/odd/manifest.json'), 'utf8')) as unknown;
    expect(manifest).toMatchObject({
      sessions: [
        { facts: { statistics: { totalTasks: 40, successful: 36, failed: 4 } } },
        { facts: { statistics: { totalTasks: 60, successful: 54, failed: 6 } } },
      ],
    });
  });

  test('refuses what is no run directory', () => {
    const { status, stdout, stderr } = shoal(['report', 'nowhere'], { cwd: folder });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('nowhere');
  });
});
