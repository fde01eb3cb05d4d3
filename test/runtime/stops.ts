/** A study with a case that does not end, and what must hold once it was stopped. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { Started } from '../cli/program.js';
import { processesMarked } from '../process/marked.js';
import { program, shoal } from '../program.js';

export const cases = 60;
export const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-stop-')));
export const study = join(folder, 'study.yaml');
export const notes = join(folder, 'notes');

/** Case 7 takes an hour, until SHOAL_TEST_QUICK is set; each case leaves a note when it begins. */
const kernel = `import { appendFileSync } from 'node:fs';
const pause = new Int32Array(new SharedArrayBuffer(4));
export const kernel = { name: 'slow', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
  run({ x }) {
    appendFileSync(process.env.SHOAL_TEST_NOTES, x + '\\n');
    if (!process.env.SHOAL_TEST_QUICK) Atomics.wait(pause, 0, 0, x === 7 ? 3_600_000 : 15);
    return { y: Math.sqrt(x) };
  } };
`;

/** Builds the program, makes the study and runs it once without a stop; cleans up after each test and at the end. */
export function setUpStops(): void {
  beforeAll(() => {
    program();
    writeFileSync(join(folder, 'kernel.mjs'), kernel);
    const x = `{ linspace: [0, ${cases - 1}, ${cases}] }`;
    writeFileSync(study, `name: slow\nkernel: ./kernel.mjs\nparameters:\n  x: ${x}\noutput: [csv]\n`);
    expect(run('reference', ['run', study])).toMatchObject({ status: 0 });
    rmSync(notes, { force: true });
  });

  afterEach(() => {
    for (const { mark } of started.splice(0))
      for (const pid of processesMarked(mark)) process.kill(pid, 'SIGKILL');
    rmSync(notes, { force: true });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));
}

/** Remembers a session, so that nothing of it outlives the test. */
export function watched(session: Started): Started {
  started.push(session);
  return session;
}

const started: Started[] = [];

export const runDirOf = (name: string): string => join(folder, 'runs', name);

/** Runs without the long case, to the end. */
function run(name: string, command: readonly string[]) {
  const place = command[0] === 'run' ? ['--run-dir', runDirOf(name)] : [];
  const env = { SHOAL_TEST_QUICK: '1', SHOAL_TEST_NOTES: notes };
  return shoal([...command, ...place, '--ranks', '2', '--quiet', '--json'], { cwd: folder, env });
}

/** Cases begun. */
export const noted = (): number => {
  try {
    return readFileSync(notes, 'utf8').trimEnd().split('\n').length;
  } catch {
    return 0;
  }
};

/** What a stopped run has left must be completed by a resume, and be as if it had never been stopped. */
export function expectResumable(name: string): number {
  const status = shoal(['status', runDirOf(name), '--json'], { cwd: folder });
  const { done } = JSON.parse(status.stdout) as { done: number };
  const rest = run(name, ['resume', runDirOf(name)]);
  expect(rest.stderr).toBe('');
  expect(JSON.parse(rest.stdout)).toMatchObject({ exitCode: 0, done: cases, computedNow: cases - done });
  const [got, reference] = [name, 'reference'].map((dir) =>
    readFileSync(join(runDirOf(dir), 'results.csv'), 'utf8'),
  );
  expect(got).toBe(reference);
  return done;
}
