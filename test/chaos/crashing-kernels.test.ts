/** Kernels that end their process: each such case is a failed row, and all others complete. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compilerVersion } from '../../src/kernels/compile.js';
import { program } from '../program.js';
import { recordSkip } from '../skips.js';
import { resultTexts } from './run-state.js';
import { Session } from './session.js';
import { notedCases } from './study.js';
import { local } from './transports.js';

/** So many that a fixed store of replacement workers would not do. */
const deadly = [0, 50, 51, 199];
const cases = 200;

const someFailed = 1;

/** Deaths before a case is given up, and the one in company that made it a suspect. */
const mostTries = 4;

let folder: string;

beforeAll(() => {
  program();
  folder = mkdtempSync(join(tmpdir(), 'shoal-crash-'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function writeStudy(name: string, kernel: readonly string[]): string {
  const file = join(folder, `${name}.yaml`);
  const axis = `  i: { values: [${Array.from({ length: cases }, (_, i) => i).join(', ')}] }`;
  writeFileSync(file, [`name: ${name}`, ...kernel, 'parameters:', axis, 'output: []', ''].join('\n'));
  return file;
}

async function expectOnlyDeadlyToFail(name: string, file: string, how: RegExp): Promise<Session> {
  const runDir = join(folder, `run-${name}`);
  const start = local.start(['run', file, '--run-dir', runDir, '--quiet', '--json']);
  const session = new Session(start, { cwd: folder, notes: join(folder, `notes-${name}`) });
  try {
    const { code, stdout, stderr } = await session.end();
    expect(code, stderr).toBe(someFailed);
    expect(await session.orphans()).toEqual([]);
    const outcome = JSON.parse(stdout);
    expect(outcome).toMatchObject({ state: 'completed', total: cases, done: cases, failed: deadly.length });
    expect(outcome.failures).toMatchObject([
      { status: 'failed', type: 'WorkerLost', count: deadly.length, example: deadly[0] },
    ]);
    const texts = resultTexts(runDir);
    expect(texts.size).toBe(cases);
    const failed = [...texts].filter(([, text]) => text.startsWith('failed'));
    expect(failed.map(([index]) => index)).toEqual(deadly);
    for (const [, text] of failed) expect(text).toMatch(how);
    return session;
  } finally {
    session.dispose();
  }
}

test.each([
  ['leaves with exit code 0', 'process.exit(0)', /WorkerLost: .* exited with code 0; given up after/],
  [
    'kills itself',
    "process.kill(process.pid, 'SIGKILL'); while (true);",
    /WorkerLost: .*SIGKILL; given up after/,
  ],
])(
  'A kernel in TypeScript that %s for some cases fails those alone, after a few tries',
  async (way, statement, how) => {
    const name = way.replaceAll(' ', '-');
    const kernel = join(folder, `${name}.mjs`);
    writeFileSync(
      kernel,
      `
import { appendFileSync } from 'node:fs';
const deadly = new Set(${JSON.stringify(deadly)});
export const kernel = {
  name: 'deadly',
  version: '1',
  inputs: [{ name: 'i' }],
  outputs: [{ name: 'y' }],
  run({ i }) {
    appendFileSync(process.env.SHOAL_CHAOS_NOTES, String(i).padStart(7) + '\\n');
    if (deadly.has(i)) { ${statement} }
    return { y: Math.sqrt(i) };
  },
};
`,
    );
    const session = await expectOnlyDeadlyToFail(name, writeStudy(name, [`kernel: ${kernel}`]), how);
    const tries = new Map<number, number>();
    for (const index of notedCases(session.notes)) tries.set(index, (tries.get(index) ?? 0) + 1);
    for (const index of deadly) {
      expect(tries.get(index)).toBeGreaterThan(1);
      expect(tries.get(index)).toBeLessThanOrEqual(mostTries);
    }
  },
);

test('A program whose workers die before they have their kernel ends, and says how they died', async () => {
  const kernel = join(folder, 'stillborn.mjs');
  const columns = "inputs: [{ name: 'i' }], outputs: [{ name: 'y' }]";
  writeFileSync(
    kernel,
    `
if (process.argv.includes('worker-stdio')) process.kill(process.pid, 'SIGKILL');
export const kernel = { name: 'stillborn', version: '1', ${columns}, run: ({ i }) => ({ y: i }) };
`,
  );
  const file = writeStudy('stillborn', [`kernel: ${kernel}`]);
  const start = local.start(['run', file, '--run-dir', join(folder, 'run-stillborn'), '--quiet']);
  const session = new Session(start, { cwd: folder, notes: join(folder, 'notes-stillborn') });
  const { code, stderr } = await session.end();
  expect(code).toBe(2);
  expect(stderr).toMatch(/no worker is left: worker \d+ was ended by SIGKILL/);
  expect(await session.orphans()).toEqual([]);
});

test('A kernel in C with a segmentation fault for some cases fails those alone', async ({ skip }) => {
  const hasCompiler = compilerVersion() !== undefined;
  if (!hasCompiler) recordSkip('kernels in C that crash: there is no C compiler');
  skip(!hasCompiler, 'there is no C compiler');
  const source = join(folder, 'deadly.c');
  writeFileSync(
    source,
    `
#include <math.h>
#include "shoal_kernel.h"

static const double cases[] = {${deadly.join(', ')}};

SHOAL_KERNEL(deadly) {
  const double *i = inputs[0];
  double *y = outputs[0];
  for (int64_t k = 0; k < count; k++) {
    for (unsigned j = 0; j < sizeof cases / sizeof *cases; j++)
      if (i[k] == cases[j]) *(volatile double *)(intptr_t)(8 * (j + 1)) = 1.0;
    y[k] = sqrt(i[k]);
    status[k] = 0;
  }
  return 0;
}
`,
  );
  const file = writeStudy('segfault', [
    'kernel:',
    `  library: ${source}`,
    '  symbol: deadly',
    '  inputs: [{ name: i }]',
    '  outputs: [{ name: y }]',
  ]);
  await expectOnlyDeadlyToFail('segfault', file, /WorkerLost: .*SIGSEGV; given up after/);
});
