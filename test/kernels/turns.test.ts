import { describe, expect, test } from 'vitest';
import { allocateColumns, type ColumnSpec } from '../../src/codec/columns.js';
import { InputError } from '../../src/errors/input-error.js';
import { commandColumns } from '../../src/kernels/command/kernel.js';
import { isIsolated, keepsTime } from '../../src/kernels/isolation.js';
import type { ReadyKernel } from '../../src/kernels/kernel.js';
import { kernelIdentity } from '../../src/kernels/load.js';
import { kernelInTurns } from '../../src/kernels/turns.js';
import { defaultExecution } from '../../src/study/execution.js';
import type { UserKernelSource } from '../../src/study/study.js';
import { contextOf } from './context.js';

const y: ColumnSpec = { name: 'y', dtype: 'float64', shape: [2] };
const n: ColumnSpec = { name: 'n', dtype: 'int32', shape: [] };
const [exitCode, ...told] = commandColumns as [ColumnSpec, ColumnSpec, ColumnSpec];

/** Writes `value` to every output of numbers. */
function member(value: number, outputs: readonly ColumnSpec[], more: Partial<ReadyKernel> = {}): ReadyKernel {
  return {
    ...{ name: `k${value}`, version: '1', form: 'typescript', inputs: [], outputs },
    runBatch: (_count, _columns, out) => {
      for (const { name } of outputs) {
        const data = out[name];
        if (ArrayBuffer.isView(data)) (data as Float64Array).fill(value);
      }
      return undefined;
    },
    ...more,
  };
}

const program = (value: number, outputs: readonly ColumnSpec[]): ReadyKernel =>
  member(value, [exitCode, ...outputs, ...told], { form: 'command', mostCases: 1 });

describe('kernels in turn', () => {
  test('compute the attempt that is theirs, the last one all further ones', async () => {
    const kernel = kernelInTurns([member(1, [y, n]), member(2, [n, y]), member(3, [y, n])], ['a', 'b', 'c']);
    for (const [attempt, value] of [
      [1, 1],
      [2, 2],
      [3, 3],
      [7, 3],
    ] as const) {
      const out = allocateColumns(kernel.outputs, 1);
      await kernel.runBatch(1, {}, out, contextOf(0, [], attempt));
      expect(out).toEqual({ y: Float64Array.of(value, value), n: Int32Array.of(value) });
    }
  });

  test('take as many cases as the first one does, and retries one by one', () => {
    const kernel = kernelInTurns([member(1, [y]), program(2, [y])], ['a', 'b']);
    expect([1, 2, 3].map((attempt) => kernel.mostCasesOf?.(attempt))).toEqual([
      Number.POSITIVE_INFINITY,
      1,
      1,
    ]);
    expect(kernelInTurns([program(1, [y]), member(2, [y])], ['a', 'b']).mostCasesOf?.(1)).toBe(1);
  });

  test.each([0, 1])(
    'leave empty what programs have besides, where none computes (it is at place %i)',
    async (at) => {
      const members = [member(4, [y]), member(5, [y])];
      members.splice(at, 1, program(6, [y]));
      const kernel = kernelInTurns(members, ['a', 'b']);
      expect(kernel.outputs).toEqual([exitCode, y, ...told]);
      const out = allocateColumns(kernel.outputs, 2);
      for (const column of [out.exit_code, out.cpu_seconds]) (column as Float64Array).fill(9);
      await kernel.runBatch(2, {}, out, contextOf(0, [], at === 0 ? 2 : 1));
      expect(out.exit_code).toEqual(Int32Array.of(0, 0));
      expect(out.cpu_seconds).toEqual(Float64Array.of(Number.NaN, Number.NaN));
      expect(out.output).toEqual([null, null]);
    },
  );

  test('have one identity, which tells of each member, its form and the order', () => {
    const [a, b] = [member(1, [y]), member(2, [y], { sourceHash: 'abc' })];
    const names = ['a', 'b'];
    const kernels = [
      kernelInTurns([a, b], names),
      kernelInTurns([b, a], names),
      kernelInTurns([a, { ...b, sourceHash: 'abd' }], names),
      kernelInTurns([a, { ...b, form: 'c' }], names),
      kernelInTurns([a, b, b], [...names, 'c']),
    ];
    expect(new Set(kernels.map(kernelIdentity)).size).toBe(kernels.length);
    expect(kernels.map(({ form }) => form)).toEqual([
      'typescript',
      'typescript',
      'typescript',
      'mixed',
      'typescript',
    ]);
  });

  test('are all closed', () => {
    const closed: number[] = [];
    const closing = (value: number) => member(value, [y], { close: () => closed.push(value) });
    kernelInTurns([closing(1), closing(2)], ['a', 'b']).close?.();
    expect(closed).toEqual([1, 2]);
  });

  test.each<[string, readonly ReadyKernel[], string]>([
    [
      'lacks one',
      [member(1, [y, n]), member(2, [y])],
      '(expected y: float64[2], n: int32, as first has, got y: float64[2])',
    ],
    ['has one more', [member(1, [y]), member(2, [y, n])], 'got y: float64[2], n: int32)'],
    [
      'has another type',
      [member(1, [n]), member(2, [{ ...n, dtype: 'int64' }])],
      '(expected n: int32, as first has, got n: int64)',
    ],
    ['has another shape', [member(1, [y]), member(2, [{ ...y, shape: [3] }])], 'got y: float64[3])'],
    [
      'is a program with others',
      [member(1, [y]), program(2, [n])],
      '(expected n: int32, as second has, got y: float64[2])',
    ],
    ['has nothing beside a program', [program(1, [y]), member(2, [])], 'got none)'],
    [
      'has an exit code of its own',
      [program(1, []), member(2, [{ ...exitCode, dtype: 'float64' }])],
      'first and second have not',
    ],
  ])('are refused by both names when one %s', (_, members, words) => {
    const make = () => kernelInTurns(members, ['first', 'second']);
    expect(make).toThrow(InputError);
    try {
      make();
    } catch (error) {
      const text = (error as InputError).describe();
      expect(text).toContain(words);
      expect(text).toMatch(
        /kernels in turn must have the same outputs, (first and second|second and first) have not/,
      );
    }
  });
});

const module: UserKernelSource = { kind: 'module', path: 'k.ts', code: '', hash: '' };
const command = { kind: 'command', path: '.' } as UserKernelSource;

test.each([
  [[command, command], false, true],
  [[command, module], true, false],
  [[module, module], true, false],
] as const)(
  'live apart when one of them has to, and end their cases when all do (%#)',
  (members, apart, keeps) => {
    const kernel = { kind: 'turns', members } as const;
    expect(isIsolated({ execution: defaultExecution, kernel })).toBe(apart);
    expect(keepsTime(kernel)).toBe(keeps);
  },
);
