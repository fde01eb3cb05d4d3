import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/codec/block.js';
import { allocateColumns, type ColumnSpec, type Columns } from '../../src/codec/columns.js';
import type { Kernel, RunCase } from '../../src/kernels/kernel.js';
import { batchRunner } from '../../src/kernels/run-batch.js';
import { contextOf } from './context.js';

const scalar = (name: string): ColumnSpec => ({ name, dtype: 'float64', shape: [] });

function kernelOf(run: RunCase, inputs: readonly ColumnSpec[], outputs: readonly ColumnSpec[]): Kernel {
  return { name: 'test', version: '1', form: 'typescript', inputs, outputs, run };
}

async function runAll(
  kernel: Kernel,
  count: number,
  columns: Columns,
): Promise<{ out: Columns; failures: readonly Failure[] }> {
  const out = allocateColumns(kernel.outputs, count);
  const failures = await batchRunner(kernel)(count, columns, out, contextOf());
  return { out, failures: failures ?? [] };
}

describe('a kernel of single cases', () => {
  test('computes each case of a batch from its own inputs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 40 }),
        async (values) => {
          const kernel = kernelOf(({ x }) => ({ y: (x as number) * 2 }), [scalar('x')], [scalar('y')]);
          const { out, failures } = await runAll(kernel, values.length, { x: Float64Array.from(values) });
          expect(out.y).toEqual(Float64Array.from(values, (x) => x * 2));
          expect(failures).toEqual([]);
        },
      ),
    );
  });

  test('sees a shaped input as a typed array and may return nested lists for a shaped output', async () => {
    const kernel = kernelOf(
      ({ v }) => {
        const [a, b] = v as Float64Array;
        return {
          m: [
            [a, b],
            [b, a],
          ],
        };
      },
      [{ name: 'v', dtype: 'float64', shape: [2] }],
      [{ name: 'm', dtype: 'float64', shape: [2, 2] }],
    );
    const { out } = await runAll(kernel, 2, { v: Float64Array.of(1, 2, 3, 4) });
    expect(out.m).toEqual(Float64Array.of(1, 2, 2, 1, 3, 4, 4, 3));
  });

  test('fails a case that throws, with name, message and traceback, and computes the others', async () => {
    const kernel = kernelOf(
      ({ x }) => {
        if (x === 2) throw new RangeError('two is too many');
        return { y: x };
      },
      [scalar('x')],
      [scalar('y')],
    );
    const { out, failures } = await runAll(kernel, 3, { x: Float64Array.of(1, 2, 3) });
    expect(out.y).toEqual(Float64Array.of(1, Number.NaN, 3));
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({
      offset: 1,
      status: 'failed',
      type: 'RangeError',
      message: 'two is too many',
    });
    expect(failures[0]?.traceback).toContain('run-batch.test.ts');
  });

  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'output "y" is missing from the result, which has no keys: it is undefined'],
    ['another name', { z: 1 }, 'output "y" is missing from the result, which has z'],
    ['text', { y: 'high' }, 'output "y" must be float64, not "high"'],
    ['a list for a scalar', { y: [1] }, 'output "y" must be float64, not a list'],
  ])('fails a case that returns %s and says what is wrong', async (_title, result, message) => {
    const kernel = kernelOf(() => result as Record<string, unknown>, [], [scalar('y')]);
    const { failures } = await runAll(kernel, 1, {});
    expect(failures).toMatchObject([{ type: 'TypeError', message }]);
  });

  test('fails a case whose output has the wrong number of elements', async () => {
    const kernel = kernelOf(() => ({ v: [1, 2] }), [], [{ name: 'v', dtype: 'float64', shape: [3] }]);
    const { out, failures } = await runAll(kernel, 1, {});
    expect(failures[0]?.message).toBe('output "v" must have 3 numbers (shape 3), not 2');
    expect(out.v).toEqual(Float64Array.of(Number.NaN, Number.NaN, Number.NaN));
  });

  test('keeps NaN and infinities that a case computes: they are results', async () => {
    const kernel = kernelOf(() => ({ y: Number.NaN, z: -Infinity }), [], [scalar('y'), scalar('z')]);
    const { out, failures } = await runAll(kernel, 1, {});
    expect(failures).toEqual([]);
    expect([out.y?.[0], out.z?.[0]]).toEqual([Number.NaN, -Infinity]);
  });

  test('takes integers, booleans, text and json as they are declared, and refuses what they cannot hold', async () => {
    const outputs: ColumnSpec[] = [
      { name: 'i', dtype: 'int32', shape: [] },
      { name: 'l', dtype: 'int64', shape: [] },
      { name: 'b', dtype: 'bool', shape: [] },
      { name: 's', dtype: 'string', shape: [] },
      { name: 'j', dtype: 'json', shape: [] },
    ];
    const good = { i: -7, l: 2 ** 40, b: true, s: 'text', j: [1, [2]] };
    const { out, failures } = await runAll(
      kernelOf(() => good, [], outputs),
      1,
      {},
    );
    expect(failures).toEqual([]);
    expect([out.i?.[0], out.l?.[0], out.b?.[0], out.s?.[0], out.j?.[0]]).toEqual([
      -7,
      2n ** 40n,
      1,
      'text',
      [1, [2]],
    ]);
    for (const bad of [{ i: 0.5 }, { i: 2 ** 31 }, { l: 0.5 }, { b: 2 }, { s: 1 }]) {
      const { failures } = await runAll(
        kernelOf(() => ({ ...good, ...bad }), [], outputs),
        1,
        {},
      );
      expect(failures[0]?.message).toContain(`output "${Object.keys(bad)[0]}" must be`);
    }
  });

  test('is told which case of the study it computes, and waits for promises', async () => {
    const kernel = kernelOf(
      async (_inputs, { first, log }) => {
        log(`case ${first}`);
        return { y: first };
      },
      [],
      [scalar('y')],
    );
    const lines: string[] = [];
    const out = allocateColumns(kernel.outputs, 2);
    await batchRunner(kernel)(2, {}, out, contextOf(10, lines));
    expect(out.y).toEqual(Float64Array.of(10, 11));
    expect(lines).toEqual(['case 10', 'case 11']);
  });

  test('describes whatever was thrown, also when it is no error', async () => {
    const kernel = kernelOf(
      () => {
        throw { code: 3 };
      },
      [],
      [scalar('y')],
    );
    const { failures } = await runAll(kernel, 1, {});
    expect(failures).toMatchObject([{ type: 'Error', message: 'threw a Object' }]);
  });
});
