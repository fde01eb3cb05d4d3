import { expect, test } from 'vitest';
import { allocateColumns, type Dtype, elements, isNumeric } from '../../src/codec/columns.js';

test.each([
  ['float64', Float64Array],
  ['float32', Float32Array],
  ['int32', Int32Array],
  ['int64', BigInt64Array],
  ['bool', Uint8Array],
] as const)('a column of %s is zeroed and has the product of count and shape', (dtype, type) => {
  const spec = { name: 'x', dtype, shape: [2, 3] };
  const { x } = allocateColumns([spec], 4);
  expect(x).toBeInstanceOf(type);
  expect(x).toHaveLength(24);
  expect([...(x as Uint8Array)].every((value) => Number(value) === 0)).toBe(true);
});

test('a column of text or of anything has one empty entry a case', () => {
  const specs = ['string', 'json'].map((dtype) => ({ name: dtype, dtype: dtype as Dtype, shape: [] }));
  expect(allocateColumns(specs, 2)).toEqual({ string: ['', ''], json: [null, null] });
  expect(specs.map(({ dtype }) => isNumeric(dtype))).toEqual([false, false]);
});

test('a scalar has one element', () => {
  expect(elements({ name: 'x', dtype: 'float64', shape: [] })).toBe(1);
});
