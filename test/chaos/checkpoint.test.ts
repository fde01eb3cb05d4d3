/** How much a `kill -9` costs: what was computed since the last checkpoint, and no more. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../process/marked.js';
import { program } from '../program.js';
import { runState } from './run-state.js';
import { Session, signal } from './session.js';
import { type ChaosStudy, chaosStudy, notedCount } from './study.js';
import { local, localRanks } from './transports.js';

let study: ChaosStudy;

beforeAll(() => {
  program();
  study = chaosStudy({ cases: 100_000, caseMs: 10 });
});

afterAll(() => study.remove());

/** Cases begun before the kill, and those that the journal has of them; `beforehand` is waited for. */
async function killedRun(
  name: string,
  checkpoint: string,
  beforehand: (session: Session, runDir: string) => Promise<void> = async () => {},
): Promise<{ begun: number; kept: number }> {
  const runDir = join(study.folder, name);
  const notes = join(study.folder, `notes-${name}`);
  const args = [
    'run',
    study.file,
    '--run-dir',
    runDir,
    '--checkpoint',
    checkpoint,
    '--chunk',
    '1',
    '--quiet',
  ];
  const session = new Session(local.start(args), { cwd: study.folder, notes });
  try {
    await session.begun(200);
    await beforehand(session, runDir);
    // Stopped first, so that none computes on while another is being killed.
    for (const { pid } of session.processes()) signal(pid, 'SIGSTOP');
    const begun = notedCount(notes);
    for (const { pid } of session.processes()) signal(pid, 'SIGKILL');
    await session.end();
    expect(await session.orphans()).toEqual([]);
    return { begun, kept: runState(runDir).done.total };
  } finally {
    session.dispose();
  }
}

/** Each worker computes one, and holds one whose result is on its way. */
const atWorkers = 2 * localRanks;

test('By number: no more results are lost than the checkpoint allows, and those that workers had', async () => {
  const cases = 10;
  const { begun, kept } = await killedRun('by-number', `${cases},none`);
  // One group is open while the one before it is written.
  expect(begun - kept).toBeLessThanOrEqual(2 * cases + atWorkers);
});

test('By time: results older than the checkpoint are kept, though none comes after them', async () => {
  const { begun, kept } = await killedRun('by-time', '20 ms', async (session, runDir) => {
    for (const { pid } of session.with('child')) signal(pid, 'SIGSTOP');
    await eventually(() => runState(runDir).done.total >= notedCount(session.notes) - atWorkers);
  });
  expect(begun - kept).toBeLessThanOrEqual(atWorkers);
});

test('With neither, the results of a killed run are lost as far as they fit into memory', async () => {
  const { begun, kept } = await killedRun('without', 'none');
  expect(begun).toBeGreaterThanOrEqual(200);
  expect(kept).toBe(0);
});
