/** Cases that need more memory than their workers may use, under every transport. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program } from '../program.js';
import { attemptsOf, resultTexts, runState } from './run-state.js';
import { Session } from './session.js';
import type { Start, Transport } from './transports.js';

/** The last ones, so that their processes have computed others before. */
const hungry = 10;
const endless = 11;

const kernel = `
import { getHeapStatistics } from 'node:v8';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const kernel = {
  name: 'hungry', version: '1', inputs: [{ name: 'i' }], outputs: [{ name: 'y', dtype: 'int32' }],
  async run({ i }) {
    const most = { ${hungry}: 35, ${endless}: Infinity }[i] ?? 0;
    const all = [];
    for (; all.length < most; await pause(15)) all.push(Buffer.alloc(1e7, 1));
    // Whoever looks now and then has to come by. The heap of a process grows with what it may use.
    if (most > 0 && getHeapStatistics().heap_size_limit < 400e6) await pause(60_000);
    return { y: all.length };
  },
};
`;

const study = `
name: hungry
kernel: hungry.mjs
parameters: { i: { linspace: [0, 11, 12] } }
execution: { memory_limit_per_worker: 150 MB, max_retries: 2, retry_memory_factor: 2, backoff: [1 ms, 1 ms], crash_limit: 1 }
output: []
`;

/** Takes 250 MB; where there is a control group, the system ends this program and not its worker. */
const command = `
const { appendFileSync, statSync } = require('node:fs');

const all = [];
const most = process.argv[2] === '4' ? 25 : 0;
if (most > 0) appendFileSync('starts', '.');
// Whoever looks now and then has to come by, again where the first death proved nothing.
const holdMs = most > 0 ? ([20_000, 2_000][statSync('starts').size - 1] ?? 0) : 0;
const step = () => {
  if (all.length >= most) setTimeout(() => console.log(all.length), holdMs);
  else setTimeout(step, 15, all.push(Buffer.alloc(1e7, 1)));
};
step();
`;

const commandStudy = `
name: program
kernel: { command: [${JSON.stringify(process.execPath)}, hungry-command.cjs, '{i}'], outputs: [{ name: y, dtype: int32 }] }
parameters: { i: { linspace: [0, 5, 6] } }
execution: { memory_limit_per_worker: 200 MB, max_retries: 1, retry_memory_factor: 3, backoff: [1 ms, 1 ms] }
output: []
`;

export interface MemoryRun {
  readonly name: string;
  readonly ranks: number;
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

let folder: string;

export function testMemoryUnder(transport: Transport, runs: readonly MemoryRun[]): void {
  describe('Cases that run out of memory are tried again with more, in processes of their own', () => {
    inFolder();

    test.each(runs)('$name', { timeout: 120_000 }, async ({ name, ranks, args = [], environment = {} }) => {
      writeFileSync(join(folder, 'hungry.mjs'), kernel);
      writeFileSync(join(folder, 'hungry.yaml'), study);
      const runDir = join(folder, name.replaceAll(' ', '-'));
      const words = ['run', 'hungry.yaml', '--run-dir', runDir, '--quiet', ...args];
      await end(transport.start(words, ranks), environment, 1);
      expect(resultTexts(runDir)).toEqual(
        eachOf(12, '00000000')
          .set(hungry, '23000000')
          .set(endless, 'failed OutOfMemory: needed more memory than 600 MB'),
      );
      expect(attemptsOf(runDir)).toEqual(eachOf(12, 1).set(hungry, 3).set(endless, 3));
      // One block for each attempt that failed, and no result twice.
      expect(runState(runDir).superseded).toBe(4);
    });
  });
}

export function testProgramMemoryUnder(transport: Transport): void {
  describe('A program that runs out of memory', () => {
    inFolder();

    test('is tried again with more, whoever ended it', { timeout: 120_000 }, async () => {
      writeFileSync(join(folder, 'hungry-command.cjs'), command);
      writeFileSync(join(folder, 'program.yaml'), commandStudy);
      const runDir = join(folder, 'run-program');
      await end(transport.start(['run', 'program.yaml', '--run-dir', runDir, '--quiet'], 2), {}, 0);
      expect(attemptsOf(runDir)).toEqual(eachOf(6, 1).set(4, 2));
    });
  });
}

function inFolder(): void {
  beforeAll(() => {
    program();
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-hungry-')));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
}

async function end(start: Start, environment: NodeJS.ProcessEnv, expected: number): Promise<void> {
  const started = { ...start, environment: { ...start.environment, ...environment } };
  const session = new Session(started, { cwd: folder, notes: join(folder, 'notes') });
  try {
    const { code, stderr } = await session.end();
    expect(code, stderr).toBe(expected);
    expect(await session.orphans()).toEqual([]);
  } finally {
    session.dispose();
  }
}

function eachOf<T>(count: number, value: T): Map<number, T> {
  return new Map(Array.from({ length: count }, (_, i) => [i, value]));
}
