/** Cases that need more memory than their workers may use, under every transport. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program } from '../program.js';
import { attemptsOf, resultTexts, runState } from './run-state.js';
import { Session } from './session.js';
import type { Transport } from './transports.js';

/** The last ones, so that their processes have computed others before. */
const hungry = 10;
const endless = 11;

const kernel = `
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
export const kernel = {
  name: 'hungry', version: '1', inputs: [{ name: 'i' }], outputs: [{ name: 'y', dtype: 'int32' }],
  async run({ i }) {
    const most = { ${hungry}: 35, ${endless}: Infinity }[i] ?? 0;
    const all = [];
    // Whoever looks now and then has to come by.
    for (; all.length < most; await pause(15)) all.push(Buffer.alloc(1e7, 1));
    await pause(most > 0 ? 500 : 0);
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

export interface MemoryRun {
  readonly name: string;
  readonly ranks: number;
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
}

export function testMemoryUnder(transport: Transport, runs: readonly MemoryRun[]): void {
  describe('Cases that run out of memory are tried again with more, in processes of their own', () => {
    let folder: string;

    beforeAll(() => {
      program();
      folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-hungry-')));
      writeFileSync(join(folder, 'hungry.mjs'), kernel);
      writeFileSync(join(folder, 'hungry.yaml'), study);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test.each(runs)(
      '$name',
      async ({ name, ranks, args = [], environment = {} }) => {
        const runDir = join(folder, name.replaceAll(' ', '-'));
        const start = transport.start(['run', 'hungry.yaml', '--run-dir', runDir, '--quiet', ...args], ranks);
        const started = { ...start, environment: { ...start.environment, ...environment } };
        const session = new Session(started, { cwd: folder, notes: join(folder, 'notes') });
        try {
          const { code, stderr } = await session.end();
          expect(code, stderr).toBe(1);
          expect(await session.orphans()).toEqual([]);
        } finally {
          session.dispose();
        }
        const texts = Array.from({ length: 12 }, (_, i) => [i, '00000000'] as const);
        expect(resultTexts(runDir)).toEqual(
          new Map<number, string>(texts)
            .set(hungry, '23000000')
            .set(endless, 'failed OutOfMemory: needed more memory than 600 MB'),
        );
        const attempts = Array.from({ length: 12 }, (_, i) => [i, 1] as const);
        expect(attemptsOf(runDir)).toEqual(new Map<number, number>(attempts).set(hungry, 3).set(endless, 3));
        // One block for each attempt that failed, and no result twice.
        expect(runState(runDir).superseded).toBe(4);
      },
      120_000,
    );
  });
}
