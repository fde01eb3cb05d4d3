/** Studies whose results have every kind of column, failures among them, in a folder of their own. */
import { mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

export const formats = ['csv', 'jsonl', 'parquet', 'arrow'] as const;

/** Exit code of a run in which cases have failed. */
export const someFailed = 1;

export interface MixedStudy {
  readonly name: 'module' | 'library';
  readonly path: string;
  readonly cases: number;
}

/** Cases of unequal length, so that chunks go to another rank in every run. */
const moduleText = `
class InvalidModel extends Error {
  name = 'InvalidModel';
}
const values = { name: 'values', shape: [5], unit: 'V' };
export const kernel = {
  name: 'mixed', version: '1',
  inputs: [{ name: 'x' }, { name: 'y' }, { name: 'label', dtype: 'string' }],
  outputs: [values, { name: 'count', dtype: 'int32' }, { name: 'large', dtype: 'int64' }, { name: 'single', dtype: 'float32' },
    { name: 'isEven', dtype: 'bool' }, { name: 'text', dtype: 'string' }, { name: 'ragged', dtype: 'json' }],
  run({ x, y, label }, { first }) {
    if (first % 61 === 17) throw new InvalidModel('case ' + first + ' has no solution');
    let sum = y;
    for (let i = 0; i < (first % 7) * 3000; i++) sum = sum * 0.999 + x / (1 + i);
    return {
      values: [x, y, sum, x / y, first % 11 === 0 ? NaN : x * y],
      count: first % 1000, large: 2n ** 40n + BigInt(first), single: x / 3, isEven: first % 2 === 0,
      text: label + ', "quoted"\\n' + 'Ω'.repeat(first % 5), ragged: Array.from({ length: first % 4 }, (_, i) => i / x),
    };
  },
};
`;

const libraryText = `
#include <math.h>
#include "shoal_kernel.h"

SHOAL_KERNEL(mixed) {
  const double *x = inputs[0], *y = inputs[1];
  double *values = outputs[0];
  int32_t *steps = outputs[1];
  for (int64_t i = 0; i < count; i++) {
    double sum = y[i];
    steps[i] = (int32_t)(x[i] * 100.0) % 7 * 3000;
    if (y[i] > 1.9) { status[i] = 1; continue; }
    for (int32_t k = 0; k < steps[i]; k++) sum = sum * 0.999 + x[i] / (1 + k);
    for (int k = 0; k < 5; k++) values[5 * i + k] = sum * exp(-k * y[i]);
  }
  return 0;
}

const char *mixed_status_text(int32_t status) { return status == 1 ? "TooLarge: y is beyond the model" : "unknown"; }
`;

const parameters = `
sample: { count: 60, seed: 7 }
parameters:
  x: { linspace: [0.5, 3, 12] }
  y: { uniform: [1, 2] }
  label: [a, 'b,c']
output: [${formats.join(', ')}]
`;

/** A folder with both studies; the one in C where `withLibrary`. */
export function mixedStudies(withLibrary: boolean): { folder: string; studies: MixedStudy[] } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-mixed-')));
  writeFileSync(join(folder, 'kernel.mjs'), moduleText);
  writeFileSync(join(folder, 'kernel.c'), libraryText);
  writeFileSync(
    join(folder, 'module.yaml'),
    `name: module\nkernel: ./kernel.mjs\ncost: 1 + x * y\n${parameters}`,
  );
  const library = `{ library: ./kernel.c, symbol: mixed, inputs: [{ name: x }, { name: y }],
    outputs: [{ name: values, shape: [5] }, { name: steps, dtype: int32 }] }`;
  writeFileSync(
    join(folder, 'library.yaml'),
    `name: library\nkernel: ${library}\ncost: { features: [x, y] }\n${parameters}`,
  );
  const study = (name: MixedStudy['name']): MixedStudy => ({
    name,
    path: join(folder, `${name}.yaml`),
    cases: 12 * 2 * 60,
  });
  return { folder, studies: withLibrary ? [study('module'), study('library')] : [study('module')] };
}

/** Every file of results must be the same, byte by byte. */
export function expectSameFiles(runDir: string, reference: string): void {
  for (const format of formats) {
    const [got, expected] = [runDir, reference].map((dir) => readFileSync(join(dir, `results.${format}`)));
    if (!got!.equals(expected!)) {
      // The text shows where; of a binary file it is enough that it differs.
      if (format === 'csv' || format === 'jsonl') expect(got!.toString()).toBe(expected!.toString());
      throw new Error(`results.${format} of ${runDir} differ from those of ${reference}`);
    }
  }
}
