import { describe, expect, test } from 'vitest';
import type { ColumnSpec, Dtype } from '../../src/codec/columns.js';
import { InputError } from '../../src/errors/input-error.js';
import { checkInputs, convertInputs } from '../../src/kernels/inputs.js';
import { packShared } from '../../src/kernels/shared.js';

const column = (name: string, dtype: Dtype = 'float64', shape: number[] = []): ColumnSpec => ({
  name,
  dtype,
  shape,
});

describe('the inputs of a kernel', () => {
  test('may be fewer than the study brings, in any order and number type', () => {
    const brought = [column('a'), column('b', 'float64', [2]), column('c')];
    expect(() =>
      checkInputs('k', [column('c', 'int32'), column('b', 'float32', [2])], brought),
    ).not.toThrow();
  });

  test.each([
    ['is missing', column('z'), 'parameters.z', 'only a, v, s'],
    ['has another shape', column('v', 'float64', [3]), 'parameters.v', 'float64[2]'],
    ['is text where a number is wanted', column('s'), 'parameters.s', 'a text value'],
    ['is a number where text is wanted', column('a', 'string'), 'parameters.a', 'a float64 value'],
  ])('that %s is refused with its name', (_title, input, field, given) => {
    const brought = [column('a'), column('v', 'float64', [2]), column('s', 'string')];
    try {
      checkInputs('k', [input], brought);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).facts).toMatchObject({ field, given });
    }
  });

  test('are converted where the number type differs, and shared where it does not', () => {
    const brought = [column('a'), column('b')];
    const columns = { a: Float64Array.of(1.9, -1.9, Number.NaN), b: Float64Array.of(0, 0.5, 2) };
    const asked = [column('a', 'int32'), column('b', 'bool')];
    expect(convertInputs(asked, brought, columns, 3)).toEqual({
      a: Int32Array.of(1, -1, 0),
      b: Uint8Array.of(0, 1, 1),
    });
    expect(convertInputs([column('a', 'int64')], brought, columns, 3).a).toEqual(
      BigInt64Array.of(1n, -1n, 0n),
    );
    expect(convertInputs([column('b')], brought, columns, 3).b).toBe(columns.b);
  });
});

describe('the shared data of a C kernel', () => {
  test('is every number of shared and then of settings, in the order written', () => {
    const bytes = packShared(
      { table: Float64Array.of(1, 2), factor: 3, nested: { list: [4, [5, 6]] } },
      { flag: true },
    );
    expect(new Float64Array(bytes.buffer)).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6, 1));
    expect(packShared({}, undefined).byteLength).toBe(0);
  });

  test('cannot be text', () => {
    expect(() => packShared({ names: { first: 'a' } }, undefined)).toThrow(InputError);
  });
});
