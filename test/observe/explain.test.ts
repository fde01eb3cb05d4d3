import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeBlock, type Failure } from '../../src/codec/block.js';
import { bundleModule } from '../../src/kernels/bundle.js';
import { explainCase, formatExplanation } from '../../src/observe/explain.js';
import { createStyle } from '../../src/observe/style.js';
import { indexJournal } from '../../src/store/journal/journal-index.js';
import { openJournal } from '../../src/store/journal/open.js';
import { encodeAssignments, encodeRanges } from '../../src/store/journal/records.js';
import { encodeSession } from '../../src/store/journal/session-record.js';
import { openRunDirectory, readRunDirectory } from '../../src/store/run-directory.js';
import { loadStudy } from '../../src/study/load.js';

const outputs = [{ name: 'y', dtype: 'float64', shape: [2], unit: 'm' }] as const;
let folder: string;
let runDir: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-explain-'));
  runDir = join(folder, 'run');
  await writeFile(
    join(folder, 'kernel.mjs'),
    "export const kernel = { name: 'k', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y', shape: [2] }], run: () => ({}) };",
  );
  await writeFile(
    join(folder, 'study.yaml'),
    'name: six\nkernel: ./kernel.mjs\nparameters:\n  x: [0, 10, 20, 30, 40, 50]\n  label: sand\n',
  );
  const study = await loadStudy(join(folder, 'study.yaml'), { solvers: [], bundle: bundleModule });
  const directory = openRunDirectory(runDir, study);
  directory.startSession({ name: 'k', version: '1', form: 'typescript', outputs }, {});
  const { journal } = openJournal(directory.paths.journal, { fingerprint: study.fingerprint });
  const block = (first: number, count: number, attempt: number, failures: readonly Failure[]): Uint8Array =>
    encodeBlock(outputs, {
      ...{ first, count, attempt, failures, startedMs: Date.UTC(2026, 0, 1), elapsedMs: 40, worker: 1 },
      columns: { y: Float64Array.from({ length: 2 * count }, (_, i) => first + i / 10) },
    });
  const failure: Failure = {
    ...{ offset: 1, status: 'failed', type: 'RangeError', message: 'too large' },
    traceback: 'RangeError: too large\n    at run (kernel.mjs:1:2)',
  };
  journal.append('session', encodeSession({ event: 'start', at: '2026-01-01T00:00:00Z', facts: {} }));
  journal.append('session', encodeSession({ event: 'join', hosts: [[1, 'node7']] }));
  journal.append('assign', encodeAssignments([{ worker: 1, first: 0, count: 5 }]));
  journal.append('results', block(0, 3, 1, [failure]));
  journal.append('withdraw', encodeRanges([{ first: 1, count: 1 }]));
  const late = { status: 'timeout', type: 'Timeout', message: 'took longer than 30 ms' } as const;
  const traceback = 'ended after 0.0 s, last at 40 % (inverting)';
  journal.append('results', block(1, 1, 2, [{ ...late, offset: 0, traceback }]));
  await journal.close();
  directory.close();
});

afterEach(() => rm(folder, { recursive: true }));

function explain(caseIndex: number): string {
  const view = readRunDirectory(runDir);
  const facts = explainCase(view, indexJournal(view.paths.journal, view.manifest.fingerprint), caseIndex);
  return formatExplanation(facts, { program: 'shoal', runDir: 'run', style: createStyle(false, true) });
}

describe('a case', () => {
  test('that completed shows its parameters, outputs and who computed it', () => {
    expect(explain(2)).toBe(
      [
        'case 2 of six: completed',
        '',
        'Parameters',
        '  x      20',
        '  label  "sand"',
        '',
        'Outputs',
        '  y  [0.4,0.5] m',
        '',
        'Attempts',
        '  attempt 1: worker 1 on node7, 2026-01-01T00:00:00.000Z, 40 ms for its chunk of 3 cases',
        '',
        'compute it again  shoal resume run --retry 2',
      ].join('\n'),
    );
  });

  test('that failed twice shows both attempts, why, and how to try again', () => {
    expect(explain(1)).toBe(
      [
        'case 1 of six: ran into its time limit',
        '',
        'Parameters',
        '  x      10',
        '  label  "sand"',
        '',
        'Attempts',
        '  attempt 1: worker 1 on node7, 2026-01-01T00:00:00.000Z, 40 ms for its chunk of 3 cases (tried again)',
        '    RangeError: too large',
        '        at run (kernel.mjs:1:2)',
        '  attempt 2: worker 1 on node7, 2026-01-01T00:00:00.000Z, 40 ms',
        '    Timeout: took longer than 30 ms',
        '    ended after 0.0 s, last at 40 % (inverting)',
        '',
        'try it again  shoal resume run --retry 1',
      ].join('\n'),
    );
  });

  test('that was handed out and did not come back is in flight', () => {
    expect(explain(4)).toContain('case 4 of six: handed out, and not back when the session ended');
  });

  test('that was never handed out waits', () => {
    const text = explain(5);
    expect(text).toContain('case 5 of six: not computed yet');
    expect(text).toContain('compute it  shoal resume run');
  });
});
