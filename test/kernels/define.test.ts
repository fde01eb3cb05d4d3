import { expect, expectTypeOf, test } from 'vitest';
import { defineKernel } from '../../src/kernels/define.js';

test('types of inputs and outputs follow from their declarations', () => {
  const kernel = defineKernel({
    name: 'types',
    version: '1',
    inputs: [
      { name: 'x' },
      { name: 'v', shape: [3] },
      { name: 'n', dtype: 'int64' },
      { name: 's', dtype: 'string' },
    ],
    outputs: [{ name: 'y' }, { name: 'ok', dtype: 'bool' }],
    prepare: () => ({ scale: 2 }),
    run(inputs, context) {
      expectTypeOf(inputs.x).toEqualTypeOf<number>();
      expectTypeOf(inputs.v).toEqualTypeOf<Float64Array>();
      expectTypeOf(inputs.n).toEqualTypeOf<bigint>();
      expectTypeOf(inputs.s).toEqualTypeOf<string>();
      expectTypeOf(context.prepared).toEqualTypeOf<{ scale: number }>();
      return { y: inputs.x * context.prepared.scale, ok: true };
    },
  });
  expect(kernel.name).toBe('types');
});

test('a result that lacks an output is a type error', () => {
  defineKernel({
    name: 'types',
    version: '1',
    inputs: [{ name: 'x' }],
    outputs: [{ name: 'y' }],
    // @ts-expect-error `z` is not declared, and `y` is missing
    run: ({ x }) => ({ z: x }),
  });
});
