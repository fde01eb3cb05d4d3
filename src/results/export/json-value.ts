/** Values of tables as JSON. */
import {
  type ColumnData,
  type ColumnSpec,
  elements,
  isNumeric,
  type NumericData,
} from '../../codec/columns.js';

/** JSON of the value in one row. */
export type JsonOfRow = (data: ColumnData, row: number) => string;

/**
 * How rows of a column are written: numbers in the shortest form that reads back the same, arrays nested as their
 * shape says. JSON has no number for NaN and the infinities, so they are strings: "NaN", "Infinity", "-Infinity".
 */
export function jsonWriter(spec: ColumnSpec): JsonOfRow {
  if (!isNumeric(spec.dtype)) return (data, row) => JSON.stringify(data[row], replaceNonFinite) ?? 'null';
  const scalar = scalarWriter(spec);
  if (spec.shape.length === 0) return (data, row) => scalar((data as NumericData)[row]!);
  const size = elements(spec);
  return (data, row) => nested(data as NumericData, row * size, spec.shape, 0, scalar).text;
}

/** Shortest decimal form that reads back to the same double, minus zero included. */
export function numberText(value: number): string {
  return value === 0 && 1 / value < 0 ? '-0' : String(value);
}

function scalarWriter({ dtype }: ColumnSpec): (value: number | bigint) => string {
  if (dtype === 'bool') return (value) => (value ? 'true' : 'false');
  if (dtype === 'int64') return String;
  return (value) => (Number.isFinite(value) ? numberText(value as number) : `"${value}"`);
}

function nested(
  data: NumericData,
  at: number,
  shape: readonly number[],
  depth: number,
  scalar: (value: number | bigint) => string,
): { text: string; next: number } {
  const parts: string[] = [];
  let next = at;
  for (let i = 0; i < shape[depth]!; i++) {
    if (depth === shape.length - 1) {
      parts.push(scalar(data[next++]!));
    } else {
      const inner = nested(data, next, shape, depth + 1, scalar);
      parts.push(inner.text);
      next = inner.next;
    }
  }
  return { text: `[${parts.join(',')}]`, next };
}

function replaceNonFinite(_key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
}
