/** The study that is killed: cases of a known length, results of every kind, and a note of each computation. */
import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ChaosStudy {
  /** Holds the study, its kernel, run directories and notes; removed by `remove`. */
  readonly folder: string;
  readonly file: string;
  readonly cases: number;
  remove(): void;
}

export interface StudyOptions {
  readonly cases: number;
  /** Time that a case takes where notes are made: it waits, and leaves the cores to others. */
  readonly caseMs?: number;
  /** Doubles in a result beyond the few that every result has. */
  readonly extraDoubles?: number;
  /** Statements that a case of number `i` runs first. */
  readonly before?: string;
  /** The section of the study. */
  readonly execution?: Readonly<Record<string, unknown>>;
}

/** One case in this many throws: failed rows are results like others and survive like them. */
export const failingEvery = 97;

const noteBytes = 8;

export function chaosStudy(options: StudyOptions): ChaosStudy {
  const { cases, caseMs = 2, extraDoubles = 0, before = '', execution = {} } = options;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-chaos-')));
  writeFileSync(join(folder, 'kernel.mjs'), kernelText(extraDoubles, before));
  const file = join(folder, 'study.yaml');
  writeFileSync(
    file,
    [
      'name: chaos',
      'kernel: ./kernel.mjs',
      'parameters:',
      `  i: { linspace: [0, ${cases - 1}, ${cases}] }`,
      `  ms: ${caseMs}`,
      `execution: ${JSON.stringify(execution)}`,
      'statistics: []',
      'output: []',
      '',
    ].join('\n'),
  );
  return { folder, file, cases, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Environment that makes the kernel note each case it begins in `file`. */
export function notesIn(file: string): NodeJS.ProcessEnv {
  return { SHOAL_CHAOS_NOTES: file };
}

/** Cases of who notes there take no time from now on, before they begin too: what a test waits for has happened. */
export function quicken(notes: string): void {
  writeFileSync(`${notes}.quick`, '');
}

/** Cases begun, as often as they were. */
export function notedCases(file: string): number[] {
  return notedCount(file) === 0 ? [] : readFileSync(file, 'utf8').trimEnd().split('\n').map(Number);
}

export function notedCount(file: string): number {
  return Math.floor((statSync(file, { throwIfNoEntry: false })?.size ?? 0) / noteBytes);
}

function kernelText(extraDoubles: number, before: string): string {
  return `
import { appendFileSync, existsSync } from 'node:fs';

const clock = new Int32Array(new SharedArrayBuffer(4));

export const kernel = {
  name: 'chaos',
  version: '1',
  inputs: [{ name: 'i' }, { name: 'ms' }],
  outputs: [
    { name: 'y' },
    { name: 'powers', shape: [3] },
    { name: 'word', dtype: 'string' },
    ${extraDoubles > 0 ? `{ name: 'extra', shape: [${extraDoubles}] },` : ''}
  ],
  run({ i: x, ms }) {
    // An evenly spaced axis may be off by a rounding error.
    const i = Math.round(x);
    const { SHOAL_CHAOS_NOTES: notes } = process.env;
    if (notes) appendFileSync(notes, String(i).padStart(${noteBytes - 1}) + '\\n');
    ${before}
    if (notes && ms > 0 && !existsSync(notes + '.quick')) Atomics.wait(clock, 0, 0, ms);
    if (i % ${failingEvery} === 13) throw new RangeError('case ' + i + ' has no solution');
    const y = Math.sin(i);
    return {
      y,
      powers: [y, y * y, y * y * y],
      word: 'case-' + 'x'.repeat(i % 7),
      ${extraDoubles > 0 ? `extra: Float64Array.from({ length: ${extraDoubles} }, (_, k) => y * k),` : ''}
    };
  },
};
`;
}
