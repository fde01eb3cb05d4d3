/** A study whose cases fail by number and attempt, and that cannot end before a test has done what it wants to do. */
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formats } from './mixed-study.js';

export interface FaultyStudy {
  readonly folder: string;
  readonly path: string;
  readonly cases: number;
  remove(): void;
}

const cases = 400;

/** Where the kernel notes each case that it begins; beside it lies what opens the gate. */
const notesVariable = 'SHOAL_CHAOS_NOTES';

/** Of those who note: the run ends only behind this. */
export function openGate(notes: string): void {
  writeFileSync(`${notes}.open`, '');
}

/** Two attempts behind the first are enough for all that ever complete. */
const kernelText = `
import { appendFileSync, existsSync } from 'node:fs';

class NotConverged extends Error {
  name = 'NotConverged';
}

export const kernel = {
  name: 'faulty', version: '1',
  inputs: [{ name: 'i', dtype: 'float64' }, { name: 'x' }],
  outputs: [{ name: 'y' }, { name: 'powers', shape: [3] }, { name: 'word', dtype: 'string' }],
  run({ i: at, x }, { attempt, first }) {
    const i = Math.round(at);
    const notes = process.env.${notesVariable};
    if (notes) appendFileSync(notes, String(i).padStart(7) + '\\n');
    while (notes && i === 333 && !existsSync(notes + '.open'));
    if (i % 41 === 5) throw new RangeError('case ' + i + ' has no solution');
    if (i % 7 === 3 && attempt <= 1 + (i % 2)) throw new NotConverged('attempt ' + attempt + ' at case ' + first);
    let y = x;
    for (let k = 0; k < 4_000 * (1 + (i % 5)); k++) y = y * 0.999 + Math.sin(i + k);
    return { y, powers: [y, y * y, x / y], word: 'w'.repeat(i % 6) };
  },
};
`;

export function faultyStudy(): FaultyStudy {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-faulty-')));
  writeFileSync(join(folder, 'kernel.mjs'), kernelText);
  const path = join(folder, 'study.yaml');
  writeFileSync(
    path,
    `name: faulty
kernel: ./kernel.mjs
sample: { count: 1, seed: 11 }
parameters:
  i: { linspace: [0, ${cases - 1}, ${cases}] }
  x: { normal: [5, 1] }
cost: 1 + i % 5
execution: { max_retries: 2, backoff: [1 ms, 10 ms] }
output: [${formats.join(', ')}]
`,
  );
  return { folder, path, cases, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
