/** Columns and blocks of any kind, for property tests. */
import fc from 'fast-check';
import type { Block, Failure } from '../../src/codec/block.js';
import {
  allocateColumns,
  type ColumnSpec,
  type Columns,
  elements,
  type NumericData,
} from '../../src/codec/columns.js';

const numericDtypes = ['float64', 'float32', 'int32', 'int64', 'bool'] as const;

const numericSpec = fc.record({
  dtype: fc.constantFrom(...numericDtypes),
  shape: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
});
const variableSpec = fc.record({
  dtype: fc.constantFrom('string' as const, 'json' as const),
  shape: fc.constant([]),
});

/** Up to five columns with names of their own. */
export const columnSpecs: fc.Arbitrary<ColumnSpec[]> = fc
  .array(fc.oneof(numericSpec, variableSpec), { maxLength: 5 })
  .map((specs) => specs.map((spec, i) => ({ ...spec, name: `column ${i}` })));

/** What MessagePack carries unchanged: it has one zero only, and refuses the key __proto__. */
const json = fc
  .jsonValue({ noUnicodeString: false, maxDepth: 2 })
  .filter((value) => !JSON.stringify(value)?.includes('__proto__'))
  .map((value) => withoutNegativeZero(value));

function withoutNegativeZero(value: unknown): unknown {
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(withoutNegativeZero);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutNegativeZero(inner)]));
}

/** Values of `count` cases: any bits at all in numeric columns, NaN with payloads included. */
export function columnsOf(specs: readonly ColumnSpec[], count: number): fc.Arbitrary<Columns> {
  const of = (spec: ColumnSpec): fc.Arbitrary<unknown> => {
    const many = { minLength: count, maxLength: count };
    if (spec.dtype === 'string') return fc.array(fc.string({ unit: 'binary' }), many);
    if (spec.dtype === 'json') return fc.array(json, many);
    const { byteLength } = allocateColumns([spec], count)[spec.name] as NumericData;
    return fc.uint8Array({ minLength: byteLength, maxLength: byteLength }).map((bytes) => {
      const data = allocateColumns([spec], count)[spec.name] as NumericData;
      new Uint8Array(data.buffer).set(bytes);
      return data;
    });
  };
  return fc.record(Object.fromEntries(specs.map((spec) => [spec.name, of(spec)]))) as fc.Arbitrary<Columns>;
}

function failuresOf(count: number): fc.Arbitrary<Failure[]> {
  const failure = fc.record({
    offset: fc.nat({ max: count - 1 }),
    status: fc.constantFrom('failed' as const, 'timeout' as const, 'cancelled' as const),
    type: fc.string(),
    message: fc.string({ unit: 'binary' }),
  });
  const traced = fc.tuple(failure, fc.string()).map(([facts, traceback]) => ({ ...facts, traceback }));
  return fc.uniqueArray(fc.oneof(failure, traced), { selector: ({ offset }) => offset, maxLength: count });
}

export const specsAndBlock: fc.Arbitrary<readonly [ColumnSpec[], Block]> = fc
  .tuple(columnSpecs, fc.integer({ min: 1, max: 9 }))
  .chain(([specs, count]) => fc.tuple(fc.constant(specs), blockOf(specs, count)));

/** Several blocks of one kernel. */
export const specsAndBlocks: fc.Arbitrary<readonly [ColumnSpec[], Block[]]> = columnSpecs.chain((specs) =>
  fc.tuple(
    fc.constant(specs),
    fc.array(
      fc.integer({ min: 1, max: 5 }).chain((count) => blockOf(specs, count)),
      { minLength: 1, maxLength: 5 },
    ),
  ),
);

function blockOf(specs: readonly ColumnSpec[], count: number): fc.Arbitrary<Block> {
  return fc.record({
    first: fc.maxSafeNat(),
    count: fc.constant(count),
    startedMs: fc.double({ noNaN: true }),
    elapsedMs: fc.double({ noNaN: true, min: 0 }),
    worker: fc.nat({ max: 0xff_ffff }),
    attempt: fc.integer({ min: 1, max: 0xff }),
    columns: columnsOf(specs, count),
    failures: failuresOf(count),
  });
}

/** The bits of a block's columns: `toEqual` takes one NaN for another. */
export function bitsOf(specs: readonly ColumnSpec[], columns: Columns): Record<string, unknown> {
  return Object.fromEntries(
    specs.map((spec) => {
      const data = columns[spec.name];
      if (!ArrayBuffer.isView(data)) return [spec.name, data];
      const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
      return [spec.name, { type: data.constructor.name, elements: elements(spec), bytes }];
    }),
  );
}
