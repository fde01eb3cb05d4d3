import { expect, test } from 'vitest';
import type { Failure } from '../../src/codec/block.js';
import type { ColumnSpec } from '../../src/codec/columns.js';
import { refuseNaN } from '../../src/worker/not-a-number.js';

const outputs: readonly ColumnSpec[] = [
  { name: 'y', dtype: 'float64', shape: [] },
  { name: 'n', dtype: 'int32', shape: [] },
  { name: 'm', dtype: 'float32', shape: [2, 3] },
  { name: 'text', dtype: 'string', shape: [] },
];

function columns(nan: { y?: number[]; m?: number[] } = {}) {
  const y = Float64Array.of(1, 2, Number.POSITIVE_INFINITY);
  const m = new Float32Array(18);
  for (const i of nan.y ?? []) y[i] = Number.NaN;
  for (const i of nan.m ?? []) m[i] = Number.NaN;
  return { y, n: new Int32Array(3), m, text: ['a', 'NaN', ''] };
}

const refusal = (offset: number, output: string, place = ''): Failure => ({
  offset,
  status: 'failed',
  type: 'NotANumber',
  message: `output "${output}" is NaN${place}, which the study refuses`,
});

test.each([
  ['nothing where there is none', columns(), undefined],
  ['a number', columns({ y: [1] }), [refusal(1, 'y')]],
  [
    'the first element that is one',
    columns({ m: [17, 10, 11] }),
    [refusal(1, 'm', ' at [1, 1]'), refusal(2, 'm', ' at [1, 2]')],
  ],
  [
    'a case once, by the first output',
    columns({ y: [2], m: [0, 12] }),
    [refusal(0, 'm', ' at [0, 0]'), refusal(2, 'y')],
  ],
] as const)('Refuses %s', (_, given, expected) => {
  expect(refuseNaN(outputs, given, 3, undefined)).toEqual(expected);
});

test('A case that has failed already keeps its failure, and the others their order', () => {
  const own: Failure = { offset: 1, status: 'failed', type: 'Singular', message: 'no inverse' };
  expect(refuseNaN(outputs, columns({ y: [0, 1, 2] }), 3, [own])).toEqual([
    refusal(0, 'y'),
    own,
    refusal(2, 'y'),
  ]);
  const found = [own];
  expect(refuseNaN(outputs, columns({ y: [1] }), 3, found)).toBe(found);
});
