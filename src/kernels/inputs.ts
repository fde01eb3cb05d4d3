/** Fitting the columns of a study to the inputs of a kernel: names, shapes and number types. */
import {
  allocateColumn,
  type ColumnData,
  type ColumnSpec,
  type Columns,
  elements,
  isNumeric,
  type NumericData,
} from '../codec/columns.js';
import { InputError } from '../errors/input-error.js';

/**
 * Throws InputError for an input that the study does not bring, or brings in another shape or kind. Numbers may
 * differ in type: a study's parameters are float64, and a kernel may ask for integers.
 */
export function checkInputs(
  kernel: string,
  inputs: readonly ColumnSpec[],
  brought: readonly ColumnSpec[],
): void {
  for (const input of inputs) {
    const found = brought.find((column) => column.name === input.name);
    const field = `parameters.${input.name}`;
    if (!found) {
      throw new InputError(`kernel ${kernel} needs an input that the study does not bring`, {
        field,
        expected: shapeText(input),
        given:
          brought.length > 0 ? `only ${brought.map((column) => column.name).join(', ')}` : 'no parameters',
      });
    }
    const isSameKind = input.dtype === found.dtype || (isNumeric(input.dtype) && isNumeric(found.dtype));
    if (!isSameKind && input.dtype !== 'json') {
      throw new InputError(`kernel ${kernel} needs another kind of value`, {
        field,
        expected: shapeText(input),
        given: shapeText(found),
      });
    }
    if (input.dtype !== 'json' && String(input.shape) !== String(found.shape)) {
      throw new InputError(`kernel ${kernel} needs another shape`, {
        field,
        expected: shapeText(input),
        given: shapeText(found),
      });
    }
  }
}

/** The kernel's inputs out of the study's columns, in the kernel's number types. Only what differs is copied. */
export function convertInputs(
  inputs: readonly ColumnSpec[],
  brought: readonly ColumnSpec[],
  columns: Columns,
  count: number,
): Columns {
  const converted: Columns = {};
  for (const input of inputs) {
    const from = brought.find((column) => column.name === input.name) as ColumnSpec;
    const data = columns[input.name] as ColumnData;
    converted[input.name] =
      from.dtype === input.dtype || !isNumeric(input.dtype)
        ? data
        : convert(input, data as NumericData, count);
  }
  return converted;
}

/** Integers are cut towards zero as a C cast cuts them; what an integer cannot hold becomes 0. */
function convert(spec: ColumnSpec, data: NumericData, count: number): ColumnData {
  const result = allocateColumn(spec, count) as NumericData;
  const length = count * elements(spec);
  for (let i = 0; i < length; i++) {
    const value = Number(data[i]);
    if (result instanceof BigInt64Array) result[i] = Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
    else if (spec.dtype === 'bool') result[i] = value !== 0 ? 1 : 0;
    else result[i] = value;
  }
  return result;
}

function shapeText(spec: ColumnSpec): string {
  const kind = spec.dtype === 'string' ? 'text' : spec.dtype;
  return spec.shape.length === 0 ? `a ${kind} value` : `${kind}[${spec.shape.join(', ')}]`;
}
