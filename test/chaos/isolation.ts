/** Kernels that crash, hang, and eat memory: each such case is its own row, all others complete. A test file a transport. */
import { mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compilerVersion } from '../../src/kernels/compile.js';
import { program } from '../program.js';
import { recordSkip } from '../skips.js';
import { elapsedTimes, resultTexts, runState } from './run-state.js';
import { Session } from './session.js';
import { local, type Transport } from './transports.js';

const someFailed = 1;

interface Bad {
  readonly statement: string;
  /** `status type: message`, as the row has it. */
  readonly row: RegExp;
  /** It ran for longer than this before it was ended; 0 without it. */
  readonly leastMs?: number;
}

const lost = (how: string): RegExp =>
  new RegExp(`^failed WorkerLost: its worker ${how}; given up after 2 workers that died of this case`);

/** By case. What hangs is found by its silence: a process that takes memory may take its time on a busy machine. */
const badInJavaScript: Readonly<Record<number, Bad>> = {
  3: { statement: 'process.exit(3)', row: lost('exited with code 3') },
  9: { statement: 'process.abort()', row: lost('was ended by SIGABRT') },
  14: { statement: "process.kill(process.pid, 'SIGKILL'); for (;;);", row: lost('was ended by SIGKILL') },
  20: { statement: 'for (;;);', row: /^timeout Stalled: gave no sign of life for 5 s/, leastMs: 5_000 },
  21: {
    statement: 'await new Promise(() => setInterval(() => {}, 1e6))',
    row: /^timeout Stalled: gave no sign of life for 5 s/,
    leastMs: 5_000,
  },
  30: {
    // At a pace at which whoever looks at it may be late.
    statement:
      "const all = []; for (;;) { all.push(Buffer.alloc(1e7, 1)); progress(0.5, 'more'); await sleep(10); }",
    row: /^failed OutOfMemory: needed more memory than 400 MB/,
  },
  41: {
    // It has moved to a session of its own, and its parent dies.
    statement: "spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'inherit' }); process.exit(4)",
    row: lost('exited with code 4'),
  },
  47: { statement: 'throw new RangeError("no solution")', row: /^failed RangeError: no solution/ },
};
const cases = 60;

/** The deadly ones among the statements in C, by case. */
const badInC: Readonly<Record<number, Bad>> = {
  2: { statement: '*(volatile double *)(intptr_t)8 = 1.0;', row: lost('was ended by SIGSEGV') },
  5: { statement: 'abort();', row: lost('was ended by SIGABRT') },
  11: {
    statement: 'for (volatile int k = 1; k;) ;',
    row: /^timeout Timeout: took longer than 1 s/,
    leastMs: 1_000,
  },
};
const casesInC = 14;

/** `environment`: on top of what the transport has. */
export function testIsolationUnder(
  transport: Transport | undefined,
  name: string,
  environment: NodeJS.ProcessEnv = {},
): void {
  if (!transport) {
    recordSkip(`kernels that crash and hang: no launcher of ${name} is installed`);
    test.skip(`Kernels that crash and hang cost their cases: ${name}`, () => {});
    return;
  }
  let folder: string;

  beforeAll(() => {
    program();
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-isolation-')));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = async (file: string, runDir: string): Promise<Session> => {
    const start = transport.start(['run', file, '--run-dir', runDir, '--quiet']);
    const started = { ...start, environment: { ...start.environment, ...environment } };
    const session = new Session(started, { cwd: folder, notes: join(folder, 'notes') });
    try {
      const { code, stderr } = await session.end();
      expect(code, stderr).toBe(someFailed);
      expect(await session.orphans()).toEqual([]);
      return session;
    } finally {
      session.dispose();
    }
  };

  const expectRows = (runDir: string, count: number, bad: Readonly<Record<number, Bad>>): void => {
    const texts = resultTexts(runDir);
    const elapsed = elapsedTimes(runDir);
    expect([...texts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    const good = resultTexts(join(folder, `good-${count}`));
    for (const [index, text] of texts) {
      const expected = bad[index];
      if (expected) {
        expect(text, `case ${index}`).toMatch(expected.row);
        expect(elapsed.get(index), `time of case ${index}`).toBeGreaterThan(expected.leastMs ?? 0);
      } else expect(text, `case ${index}`).toBe(good.get(index));
    }
    expect(runState(runDir).superseded).toBe(0);
  };

  /** The same cases without the bad ones, one after the other. */
  const runGood = async (file: string, count: number): Promise<void> => {
    const session = new Session(
      local.start(['run', file, '--run-dir', join(folder, `good-${count}`), '--quiet'], 1),
      { cwd: folder, notes: join(folder, 'notes-good') },
    );
    expect((await session.end()).code).toBe(0);
  };

  test('A kernel in TypeScript that exits, aborts, hangs or eats memory costs those cases, and leaves nothing behind', async () => {
    const study = (kernel: string): string => {
      const file = join(folder, `${kernel}.yaml`);
      writeFileSync(
        file,
        [
          `name: ${kernel}`,
          `kernel: ${kernel}.mjs`,
          `parameters: { i: { linspace: [0, ${cases - 1}, ${cases}] } }`,
          'execution: { stall: 5 s, crash_limit: 2, memory_limit_per_worker: 400 MB }',
          'output: []',
          '',
        ].join('\n'),
      );
      return file;
    };
    writeKernel(join(folder, 'bad.mjs'), badInJavaScript);
    writeKernel(join(folder, 'good.mjs'), {});
    await runGood(study('good'), cases);
    const runDir = join(folder, 'run-bad');
    await run(study('bad'), runDir);
    expectRows(runDir, cases, badInJavaScript);
    const left = readdirSync(folder).filter((entry) => entry.startsWith('shoal-scratch-'));
    expect(left).toEqual([]);
  });

  test('A kernel in C that writes to no address, aborts or hangs costs those cases, out of whatever batch', async ({
    skip,
  }) => {
    const hasCompiler = compilerVersion() !== undefined;
    if (!hasCompiler) recordSkip('kernels in C that crash and hang: there is no C compiler');
    skip(!hasCompiler, 'there is no C compiler');
    const study = (kernel: string, bad: Readonly<Record<number, Bad>>): string => {
      writeFileSync(join(folder, `${kernel}.c`), textInC(bad));
      const file = join(folder, `${kernel}.yaml`);
      writeFileSync(
        file,
        [
          `name: ${kernel}`,
          'kernel:',
          `  library: ${kernel}.c`,
          '  symbol: isolated',
          '  inputs: [{ name: i }]',
          '  outputs: [{ name: y }]',
          `parameters: { i: { linspace: [0, ${casesInC - 1}, ${casesInC}] } }`,
          'execution: { timeout: 1 s, crash_limit: 2 }',
          'output: []',
          '',
        ].join('\n'),
      );
      return file;
    };
    await runGood(study('good-c', {}), casesInC);
    const runDir = join(folder, 'run-bad-c');
    await run(study('bad-c', badInC), runDir);
    expectRows(runDir, casesInC, badInC);
  });
}

/** A kernel that lives in its rank takes the rank with it, and says of which case. */
export function testInlineUnder(transport: Transport | undefined, name: string): void {
  if (!transport) {
    recordSkip(`kernels that hang in their rank: no launcher of ${name} is installed`);
    test.skip(`A kernel that hangs in its rank ends the job: ${name}`, () => {});
    return;
  }
  test('A kernel that lives in its rank and hangs ends the job, which names its case', async () => {
    program();
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-inline-')));
    writeFileSync(
      join(folder, 'hangs.mjs'),
      `
const { OMPI_COMM_WORLD_RANK, PMI_RANK } = process.env;
const rank = OMPI_COMM_WORLD_RANK ?? PMI_RANK;
export const kernel = {
  name: 'hangs', version: '1', inputs: [{ name: 'i' }], outputs: [{ name: 'y' }],
  // The child beside rank 0 is no rank, and waits until another has hung.
  run: ({ i }) => {
    if (rank !== undefined) for (;;);
    return new Promise((resolve) => setTimeout(() => resolve({ y: i }), 60_000));
  },
};
`,
    );
    const file = join(folder, 'hangs.yaml');
    const lines = [
      'execution: { timeout: 2 s, isolation: inline }',
      'parameters: { i: [0, 1, 2, 3] }',
      'output: []',
    ];
    writeFileSync(file, ['name: hangs', 'kernel: hangs.mjs', ...lines, ''].join('\n'));
    const session = new Session(transport.start(['run', file, '--run-dir', join(folder, 'run'), '--quiet']), {
      cwd: folder,
      notes: join(folder, 'notes'),
    });
    try {
      const { code, stderr } = await session.end();
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/^shoal: rank [12]: case \d took longer than 2 s\. .*isolation: inline/m);
      expect(await session.orphans()).toEqual([]);
    } finally {
      session.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

function writeKernel(file: string, bad: Readonly<Record<number, Bad>>): void {
  const branches = Object.entries(bad).map(
    ([index, { statement }]) => `      case ${index}: ${statement}; break;`,
  );
  writeFileSync(
    file,
    `
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
export const kernel = {
  name: 'isolated',
  version: '1',
  inputs: [{ name: 'i' }],
  outputs: [{ name: 'y' }],
  async run({ i }, { scratch, progress }) {
    writeFileSync(join(scratch(), 'file'), 'text');
    progress(0.5, 'half');
    switch (i) {
${branches.join('\n')}
    }
    return { y: Math.sqrt(i) };
  },
};
`,
  );
}

function textInC(bad: Readonly<Record<number, Bad>>): string {
  const branches = Object.entries(bad).map(
    ([index, { statement }]) => `    if (i[k] == ${index}) { ${statement} }`,
  );
  return `
#include <math.h>
#include <stdlib.h>
#include "shoal_kernel.h"

SHOAL_KERNEL(isolated) {
  const double *i = inputs[0];
  double *y = outputs[0];
  for (int64_t k = 0; k < count; k++) {
${branches.join('\n')}
    y[k] = sqrt(i[k]);
  }
  return 0;
}
`;
}
