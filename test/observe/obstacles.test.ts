import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeBlock, type Failure } from '../../src/codec/block.js';
import { bundleModule } from '../../src/kernels/bundle.js';
import { obstaclesOf } from '../../src/observe/obstacles.js';
import type { LiveState } from '../../src/runtime/progress/live.js';
import { indexJournal } from '../../src/store/journal/journal-index.js';
import { openJournal } from '../../src/store/journal/open.js';
import { encodeSession } from '../../src/store/journal/session-record.js';
import { openRunDirectory, readRunDirectory } from '../../src/store/run-directory.js';
import { loadStudy } from '../../src/study/load.js';
import { liveAt, workerAt } from './support.js';

const outputs = [{ name: 'y', dtype: 'float64', shape: [] }] as const;
let folder: string;
let runDir: string;

/** Cases 0 and 1 have ended, the second not well; nothing else has begun. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-obstacles-'));
  runDir = join(folder, 'run');
  await writeFile(
    join(folder, 'kernel.mjs'),
    "export const kernel = { name: 'k', version: '1', inputs: [{ name: 'cores' }], outputs: [{ name: 'y' }], run: () => ({}) };",
  );
  await writeFile(
    join(folder, 'study.yaml'),
    `name: tasks
kernel: ./kernel.mjs
tasks: { id: name, depends_on: after, level: stage, resources: { cores: cores } }
cases:
  - { name: a, after: '', stage: 1, cores: 1 }
  - { name: b, after: '', stage: 1, cores: 1 }
  - { name: c, after: a, stage: 1, cores: 4 }
  - { name: d, after: a c, stage: 1, cores: 1 }
  - { name: e, after: b d, stage: 1, cores: 1 }
  - { name: f, after: '', stage: 2, cores: 1 }
`,
  );
  const study = await loadStudy(join(folder, 'study.yaml'), { solvers: [], bundle: bundleModule });
  const directory = openRunDirectory(runDir, study);
  directory.startSession({ name: 'k', version: '1', form: 'typescript', outputs }, {});
  const { journal } = openJournal(directory.paths.journal, { fingerprint: study.fingerprint });
  const failure: Failure = { offset: 1, status: 'failed', type: 'RangeError', message: 'too large' };
  journal.append('session', encodeSession({ event: 'start', at: '2026-01-01T00:00:00Z', facts: {} }));
  journal.append(
    'results',
    encodeBlock(outputs, {
      ...{ first: 0, count: 2, attempt: 1, failures: [failure], startedMs: 0, elapsedMs: 40, worker: 1 },
      columns: { y: Float64Array.of(1, 2) },
    }),
  );
  await journal.close();
  directory.endSession('interrupted', { reason: 'time limit: 4 cases left when the time was over' });
  directory.close();
});

afterEach(() => rm(folder, { recursive: true }));

function obstacles(caseIndex: number, live?: LiveState): string[] {
  const view = readRunDirectory(runDir);
  return obstaclesOf(view, indexJournal(view.paths.journal, view.manifest.fingerprint), caseIndex, live);
}

const queue = { ...liveAt().queue, waiting: 3, inFlight: 0 };
const ended = 'no session runs; the last session ended: time limit: 4 cases left when the time was over';

describe('where no session runs', () => {
  test.each([
    [2, []],
    [3, ["waits for 'c' (case 2), which is not computed yet"]],
    [
      4,
      [
        "waits for 'b' (case 1), which did not complete",
        "waits for 'd' (case 3), which is waiting for others itself",
      ],
    ],
    [5, ["waits for 3 cases of lower levels; the first is 'c' (case 2)"]],
  ])('case %d waits for what has not ended', (index, expected) => {
    expect(obstacles(index)).toEqual([...expected, ended]);
  });
});

describe('while a session runs', () => {
  const busy = [workerAt(3, { host: 'node7', current: { first: 2, count: 1, forMs: 12_000 } })];

  test('a case is in flight at a worker, and so is what others wait for', () => {
    const live = liveAt({ queue, workers: busy });
    expect(obstacles(2, live)).toEqual(['in flight at worker 3 on node7 for 12 s']);
    expect(obstacles(3, live)).toEqual([
      "waits for 'c' (case 2), which is in flight at worker 3 on node7 for 12 s",
    ]);
  });

  test('a case that failed waits for its next attempt', () => {
    const samples = { due: [{ case: 2, attempt: 3, inMs: 12_000 }], blocked: [], hosts: [] };
    const live = liveAt({ queue: { ...queue, backOff: 1, samples }, workers: [] });
    expect(obstacles(2, live)).toEqual(['in back-off: attempt 3 is due in 12 s']);
  });

  test('a case that needs more than is free waits for room', () => {
    const hosts = [{ host: 'node7', owned: '4 cores', free: '3 cores' }];
    const samples = { due: [], blocked: [{ case: 2, host: 'node7' }], hosts };
    const live = liveAt({ queue: { ...queue, resources: 1, samples }, workers: [] });
    expect(obstacles(2, live)).toEqual([
      'it may start, and needs 4 cores; node7 is kept for it until there is room',
      'node7 has 4 cores; free: 3 cores',
    ]);
  });

  test('a host that is kept for another case says for which', () => {
    const hosts = [{ host: 'node7', owned: '4 cores', free: '3 cores' }];
    const samples = { due: [], blocked: [{ case: 0, host: 'node7' }], hosts };
    const live = liveAt({ queue: { ...queue, resources: 1, samples }, workers: [] });
    expect(obstacles(2, live).at(-1)).toMatch(
      /^node7 has 4 cores; free: 3 cores; kept for .*case 0.*, which is next there$/,
    );
  });

  test('a host that is kept says when it is needed, and what may start there before', () => {
    const hosts = [{ host: 'node7', owned: '4 cores', free: '3 cores' }];
    const at = (index: number): string[] => {
      const samples = { due: [], blocked: [{ case: index, host: 'node7', inMs: 12_000 }], hosts };
      return obstacles(2, liveAt({ queue: { ...queue, resources: 1, samples }, workers: [] }));
    };
    expect(at(2)[0]).toMatch(/kept for it until there is room, as expected in 12 s$/);
    expect(at(0).at(-1)).toMatch(
      /which is next there, as expected in 12 s: until then only what is expected to end before starts there$/,
    );
  });

  test('a case that nothing holds up waits for a worker, or has no time', () => {
    expect(obstacles(2, liveAt({ queue, workers: [] }))).toEqual([
      'not handed out yet, as 3 of the cases are',
    ]);
    expect(obstacles(2, liveAt({ queue: { ...queue, late: 2 }, workers: [], isThrottled: true }))).toEqual([
      'not handed out yet, as 3 of the cases are',
      '2 cases cannot end in the time that the run has, and may be it',
      'nothing is handed out now, because the disk is behind',
    ]);
  });
});
