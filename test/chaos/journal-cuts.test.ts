/** The journal of a finished run, cut and corrupted at every place: each goes on to the same results, or is refused. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { noPast } from '../../src/coordinator/state.js';
import type { ReadyKernel } from '../../src/kernels/kernel.js';
import { loadKernel } from '../../src/kernels/load.js';
import { coordinate } from '../../src/runtime/coordinate.js';
import { openJournal } from '../../src/store/journal/open.js';
import { readRunDirectory } from '../../src/store/run-directory.js';
import type { Study } from '../../src/study/study.js';
import { program, shoal } from '../program.js';
import { identity, MemoryLinks } from '../runtime/memory-links.js';
import { chaosSeed, seeded } from './random.js';
import { resultTexts, runState } from './run-state.js';
import { type ChaosStudy, chaosStudy } from './study.js';

let study: ChaosStudy;
let finished: string;
let expected: ReadonlyMap<number, string>;

const [first, second] = ['000001.log', '000002.log'];
/** Bytes from cut to cut: every place within a word comes up, and a long test run leaves none out. */
const step = process.env.SHOAL_LONG === undefined ? 5 : 1;

const cases = 14;
const inFirst = 5;

/** Case 13 has no solution. */
const someFailed = 1;

beforeAll(() => {
  program();
  study = chaosStudy({ cases, caseMs: 0 });
  finished = join(study.folder, 'finished');
  // Two sessions, so that there is a segment whose end a crash cannot have torn.
  run('run', study.file, '--run-dir', finished, '--limit', String(inFirst), '--chunk', '2');
  run('run', study.file, '--run-dir', finished, '--chunk', '3');
  expected = resultTexts(finished);
  expect(expected.size).toBe(cases);
});

afterAll(() => study.remove());

function run(...args: string[]) {
  return shoal([...args, '--ranks', '1', '--quiet'], { cwd: study.folder });
}

/** A copy of the finished run, to be hurt. */
function copy(parent = study.folder): string {
  const folder = mkdtempSync(join(parent, 'run-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(finished, folder, { recursive: true });
  return folder;
}

function segment(runDir: string, name: string): string {
  return join(runDir, 'journal', name);
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 0x40;
  writeFileSync(file, bytes);
}

describe('a journal that is cut', () => {
  test.each([
    ['of a first session', [first], first],
    ['of a session that went on with another', [first, second], second],
  ])('at any byte, %s, resumes to the same results and computes what is not in it', async (_, names, cut) => {
    // Thousands of synchronised files: where there is memory for them, not on a disk.
    const runDir = copy(existsSync('/dev/shm') ? '/dev/shm' : tmpdir());
    const { study: stored, manifest } = readRunDirectory(runDir);
    const kernel = await loadKernel(stored, [], undefined, manifest.kernel!.form);
    const whole = names.map((name) => [name, readFileSync(segment(finished, name))] as const);
    const { length } = readFileSync(segment(finished, cut));
    const kept: number[] = [];
    for (
      let bytes = 0;
      bytes <= length;
      bytes = bytes < length ? Math.min(bytes + step, length) : length + 1
    ) {
      rmSync(join(runDir, 'journal'), { recursive: true });
      cpSync(join(finished, 'journal'), join(runDir, 'journal'), { recursive: true });
      for (const name of readdirSync(join(runDir, 'journal'))) rmSync(segment(runDir, name));
      for (const [name, content] of whole) {
        writeFileSync(segment(runDir, name), name === cut ? content.subarray(0, bytes) : content);
      }
      kept.push(await resumeHere(runDir, stored, kernel));
      const found = resultTexts(runDir);
      for (const [index, text] of expected) {
        if (found.get(index) !== text) expect.unreachable(`cut at byte ${bytes}, case ${index}`);
      }
      expect(found.size).toBe(cases);
    }
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    expect(kept[0]).toBe(cut === first ? 0 : inFirst);
    expect(kept.at(-1)).toBe(cut === first ? inFirst : cases);
  });

  test('somewhere is told on standard error, and the program resumes to the same results', () => {
    const random = seeded(chaosSeed);
    const bytes = readFileSync(segment(finished, second));
    for (let i = 0; i < 4; i++) {
      const runDir = copy();
      const length = random.between(1, bytes.byteLength - 1);
      writeFileSync(segment(runDir, second), bytes.subarray(0, length));
      const done = run('resume', runDir);
      expect(done.status, done.stderr).toBe(someFailed);
      expect(resultTexts(runDir)).toEqual(expected);
      const [, cutBytes, offset] =
        /torn end was cut: (\d+) bytes at byte (\d+) of .*000002\.log/.exec(done.stderr) ?? [];
      // A cut between two records leaves nothing torn.
      if (cutBytes !== undefined) expect(Number(cutBytes) + Number(offset)).toBe(length);
      else expect(runState(runDir).superseded).toBe(0);
    }
  });

  test('and filled up with garbage, as a crash of the machine leaves it, goes on as well', () => {
    const runDir = copy();
    const file = segment(runDir, second);
    const bytes = readFileSync(file);
    const end = bytes.byteLength - 100;
    bytes.fill(0xa5, end, end + 40);
    bytes.fill(0, end + 40);
    writeFileSync(file, bytes);
    const done = run('resume', runDir);
    expect(done.stderr).toMatch(/torn end was cut: \d+ bytes at byte \d+ of .*000002\.log/);
    expect(done.status).toBe(someFailed);
    expect(resultTexts(runDir)).toEqual(expected);
  });
});

describe('a journal with a wrong byte in its middle', () => {
  test('is refused with file and position, by every command that reads it, and stays as it is', () => {
    const random = seeded(chaosSeed + 1);
    for (const name of [first, second]) {
      const runDir = copy();
      const file = segment(runDir, name);
      const { length } = readFileSync(file);
      const at = random.between(0, length - 17);
      flip(file, at);
      const damaged = readFileSync(file);
      for (const args of [
        ['resume', runDir],
        ['status', runDir],
        ['export', runDir, '--format', 'csv'],
      ]) {
        const done = shoal(args, { cwd: study.folder });
        expect(done.status, `${args[0]}, byte ${at} of ${length}`).toBe(2);
        const [, position] = new RegExp(`damaged: \\S*${name}, byte (\\d+)`).exec(done.stderr) ?? [];
        expect(Number(position), done.stderr).toBeLessThanOrEqual(at);
        expect(done.stderr.trim().split('\n')).toHaveLength(1);
      }
      expect(readFileSync(file)).toEqual(damaged);
    }
  });

  test('goes on with resume --salvage, which says what is lost, to the same results', () => {
    const random = seeded(chaosSeed + 2);
    for (const name of [first, second]) {
      const runDir = copy();
      const file = segment(runDir, name);
      flip(file, random.between(0, readFileSync(file).length - 17));
      const done = run('resume', runDir, '--salvage');
      expect(done.stderr).toMatch(new RegExp(`lost to damage: \\d+ bytes at byte \\d+ of \\S*${name}`));
      expect(done.status).toBe(someFailed);
      expect(resultTexts(runDir)).toEqual(expected);
      expect(run('resume', runDir).stderr).not.toMatch(/damage/);
    }
  });
});

/** What `resume` does, with workers in this process; returns the cases that were kept. */
async function resumeHere(runDir: string, stored: Study, kernel: ReadyKernel): Promise<number> {
  const { journal, index } = openJournal(join(runDir, 'journal'), {
    fingerprint: stored.fingerprint,
    groupMs: 0,
  });
  const kept = index.done.total;
  let computed = 0;
  const counted: ReadyKernel = {
    ...kernel,
    runBatch: (count, ...rest) => {
      computed += count;
      return kernel.runBatch(count, ...rest);
    },
  };
  const ranges = [...index.done.missing(0, cases)];
  if (ranges.length > 0) {
    const { finished: end } = coordinate({
      links: new MemoryLinks({ workers: [0, 1], kernelOf: () => counted }),
      identity,
      study: stored,
      shared: undefined,
      form: kernel.form,
      kernelIdentity: kernel.name,
      outputs: kernel.outputs,
      log: journal,
      ranges,
      strategy: 'self',
      chunk: 4,
      past: noPast,
      batching: 'adaptive',
      stop: new AbortController().signal,
      onNotice: () => {},
      onWorkerLog: () => {},
    });
    expect(await end).toBe('completed');
  }
  await journal.close();
  expect(computed).toBe(cases - kept);
  return kept;
}
