/**
 * Columns: how the values of many cases lie in memory and on the wire.
 *
 * A batch of `count` cases holds, for each column, `count * elements(spec)` values in row-major order
 * `[count, ...shape]`. Numeric columns are typed arrays; `string` and `json` columns are plain arrays with one
 * entry a case (`json` carries anything MessagePack can: ragged arrays, tagged values, null).
 */
export type Dtype = 'float64' | 'float32' | 'int32' | 'int64' | 'bool' | 'string' | 'json';

export interface ColumnSpec {
  readonly name: string;
  readonly dtype: Dtype;
  /** Shape of one case's value; `[]` for a scalar, `[31]` for 31 gates. Always `[]` for `string` and `json`. */
  readonly shape: readonly number[];
  /** SI unit as text (`ohm m`, `T/(A m2)`), or absent for a number without one. */
  readonly unit?: string;
  /**
   * The table that it is exported in: `execution` for an output that says how a case was computed and not what came
   * out, such as where its log lies. Absent for results, which are the same in every run of a study.
   */
  readonly table?: 'execution';
}

export function isResult(spec: ColumnSpec): boolean {
  return spec.table === undefined;
}

export type NumericData = Float64Array | Float32Array | Int32Array | BigInt64Array | Uint8Array;
export type ColumnData = NumericData | string[] | unknown[];
export type Columns = Record<string, ColumnData>;

/** Numbers in one case's value: the product of the shape. */
export function elements(spec: ColumnSpec): number {
  let product = 1;
  for (const extent of spec.shape) product *= extent;
  return product;
}

export const bytesPerElement = {
  float64: 8,
  float32: 4,
  int32: 4,
  int64: 8,
  bool: 1,
  string: 0,
  json: 0,
} as const satisfies Record<Dtype, number>;

export function isNumeric(dtype: Dtype): boolean {
  return bytesPerElement[dtype] > 0;
}

/** New zeroed storage for `count` cases of one column. */
export function allocateColumn(spec: ColumnSpec, count: number): ColumnData {
  const length = count * elements(spec);
  switch (spec.dtype) {
    case 'float64':
      return new Float64Array(length);
    case 'float32':
      return new Float32Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'int64':
      return new BigInt64Array(length);
    case 'bool':
      return new Uint8Array(length);
    case 'string':
      return new Array<string>(length).fill('');
    case 'json':
      return new Array<unknown>(length).fill(null);
    default:
      return spec.dtype satisfies never;
  }
}

export function allocateColumns(specs: readonly ColumnSpec[], count: number): Columns {
  return Object.fromEntries(specs.map((spec) => [spec.name, allocateColumn(spec, count)]));
}
