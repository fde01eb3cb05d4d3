/** Shards of a study, each run by itself, and merged. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program, shoal } from '../program.js';

const study = (count: number) => `name: squares
kernel: ./kernel.mjs
parameters: { x: { linspace: [0, ${count - 1}, ${count}] } }
statistics: [mean, p90]
output: [csv, parquet]
`;
const kernel = `export const kernel = { name: 'squares', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
  run: ({ x }) => { if (x === 7) throw new Error('seven'); return { y: x * x / 3 }; } };`;

describe('shards of a study', () => {
  let folder: string;
  const run = (...args: readonly string[]) => shoal([...args], { cwd: folder });
  const shard = (which: string, ...more: readonly string[]) =>
    run('run', 'study.yaml', '--shard', which, '--ranks', '1', '--quiet', ...more);
  const bytes = (path: string) => readFileSync(join(folder, path)).toString('base64');

  beforeAll(() => {
    program();
    folder = mkdtempSync(join(tmpdir(), 'shoal-shards-'));
    writeFileSync(join(folder, 'kernel.mjs'), kernel);
    writeFileSync(join(folder, 'study.yaml'), study(23));
    writeFileSync(join(folder, 'other.yaml'), study(24));
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('merge refuses by name what is missing or not complete, and makes one run of all, with the same bytes', async () => {
    expect(run('run', 'study.yaml', '--run-dir', 'whole', '--ranks', '1', '--quiet').status).toBe(1);
    expect([shard('1/3'), shard('2/3', '--limit', '2')].map(({ status }) => status)).toEqual([1, 0]);
    const early = run('merge', 'runs/squares-shards');
    expect([early.status, early.stderr]).toEqual([
      2,
      expect.stringContaining('shard 2/3 has 2 of 8 cases, and 1 more'),
    ]);
    const patient = run('merge', 'runs/squares-shards', '--if-complete');
    expect([patient.status, patient.stderr]).toEqual([0, expect.stringContaining('not merged yet')]);

    expect(run('status', 'runs/squares-shards', '--counts').stdout).toBe('10 16\n');
    expect(run('resume', 'runs/squares-shards/2-of-3', '--ranks', '1', '--quiet').status).toBe(0);
    const missing = run('merge', 'runs/squares-shards');
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringContaining('shard 3/3 is missing')]);
    expect(shard('3/3').status).toBe(0);

    expect(run('status', 'runs/squares-shards/2-of-3', '--counts').stdout).toBe('8 8\n');
    expect(run('merge', 'runs/squares-shards').status).toBe(1);
    for (const file of ['results.csv', 'results.parquet', 'answer/statistics.csv']) {
      expect(bytes(`runs/squares/${file}`)).toBe(bytes(`whole/${file}`));
    }
    // The last tasks of an array may end at the same moment.
    const words = ['merge', 'runs/squares-shards', '--run-dir', 'together', '--if-complete'];
    const together = [1, 2, 3].map(() =>
      spawn(process.execPath, [program(), ...words], { cwd: folder, stdio: 'ignore' }),
    );
    const codes = await Promise.all(together.map(async (child) => (await once(child, 'close'))[0]));
    // 1 says that a case has failed; 2, that the run directory is in use.
    expect(codes.every((code) => code === 0 || code === 1) && codes.includes(1), `${codes}`).toBe(true);
    expect(bytes('together/results.csv')).toBe(bytes('whole/results.csv'));
    // Again, on what is there: nothing is added.
    const journal = bytes('runs/squares/journal/000001.log');
    expect(run('merge', 'runs/squares-shards', '--run-dir', 'runs/squares').status).toBe(1);
    expect(bytes('runs/squares/journal/000001.log')).toBe(journal);
    expect(run('status', 'runs/squares', '--counts').stdout).toBe('23 23\n');
  });

  test('a run directory keeps to its part, and merge to one study', () => {
    const whole = run('run', 'study.yaml', '--run-dir', 'runs/squares-shards/1-of-3', '--quiet');
    expect([whole.status, whole.stderr]).toEqual([
      2,
      expect.stringContaining('holds another part of the study'),
    ]);
    const other = shoal(
      [
        'run',
        'other.yaml',
        '--shard',
        '2/3',
        '--run-dir',
        'runs/squares-shards/other',
        '--ranks',
        '1',
        '--quiet',
      ],
      { cwd: folder },
    );
    expect(other.status).toBe(0);
    const mixed = run('merge', 'runs/squares-shards', '--if-complete');
    expect([mixed.status, mixed.stderr]).toEqual([
      2,
      expect.stringMatching(/other: the shard is of another study/),
    ]);
  });

  test.each<[string, readonly string[], string]>([
    ['a shard that is none', ['--shard', '4/3'], '--shard cannot be used'],
    ['more shards than cases', ['--shard', '1/24'], 'fewer cases than shards'],
    ['verification of a part', ['--shard', '1/3', '--verify', '2'], '--verify is not for one shard'],
  ])('%s is refused', (_, args, message) => {
    const { status, stderr } = run('run', 'study.yaml', ...args, '--run-dir', 'refused');
    expect([status, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});
