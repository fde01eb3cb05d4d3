/** One case of a user's kernel, from a JSON record of inputs to a JSON record of outputs. */
import {
  allocateColumns,
  type ColumnSpec,
  type Columns,
  elements,
  isNumeric,
  type NumericData,
} from '../codec/columns.js';
import { InputError } from '../errors/input-error.js';
import type { Kernel } from '../kernels/kernel.js';
import { ownSlot } from '../kernels/own-slot.js';
import { batchRunner } from '../kernels/run-batch.js';
import { jsonWriter } from '../results/export/json-value.js';
import { suggestion } from '../study/nearest.js';

/** Text of a JSON object with the kernel's outputs; a case that fails is an InputError with what it said. */
export async function runOneCase(kernel: Kernel, input: unknown, file: string): Promise<string> {
  const columns = columnsOf(kernel, input, file);
  const out = allocateColumns(kernel.outputs, 1);
  const { slot, close } = ownSlot(() => {});
  const failures = await Promise.resolve(batchRunner(kernel)(1, columns, out, slot.open(0, 1, 1))).finally(
    close,
  );
  const [failure] = failures ?? [];
  if (failure) {
    throw new InputError(`kernel ${kernel.name} failed with ${failure.type}: ${failure.message}`, { file });
  }
  const members = kernel.outputs.map(
    (spec) => `${JSON.stringify(spec.name)}: ${jsonWriter(spec)(out[spec.name]!, 0)}`,
  );
  return `{${members.join(', ')}}`;
}

function columnsOf(kernel: Kernel, input: unknown, file: string): Columns {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new InputError('the input is no case', { file, expected: 'a JSON object with the inputs' });
  }
  const record = input as Readonly<Record<string, unknown>>;
  const names = kernel.inputs.map(({ name }) => name);
  for (const name of Object.keys(record)) {
    if (names.includes(name)) continue;
    const hint = suggestion(name, names);
    throw new InputError(`kernel ${kernel.name} has no input ${name}`, {
      file,
      field: name,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  const columns = allocateColumns(kernel.inputs, 1);
  for (const spec of kernel.inputs) fillInput(spec, record[spec.name], columns, file);
  return columns;
}

function fillInput(spec: ColumnSpec, value: unknown, columns: Columns, file: string): void {
  const { name, dtype, shape } = spec;
  const refuse = (expected: string): InputError =>
    new InputError(value === undefined ? 'the input is missing' : 'the input cannot be used', {
      file,
      field: name,
      expected,
      ...(value === undefined ? {} : { given: JSON.stringify(value).slice(0, 60) }),
    });
  if (!isNumeric(dtype)) {
    if (value === undefined || (dtype === 'string' && typeof value !== 'string')) throw refuse(dtype);
    (columns[name] as unknown[])[0] = value;
    return;
  }
  const isVector = shape.length > 0;
  const kind = dtype === 'bool' ? 'true or false' : dtype.startsWith('int') ? 'a whole number' : 'a number';
  const expected = isVector ? `${elements(spec)} values as a list, each ${kind}` : kind;
  const values = isVector ? (Array.isArray(value) ? value.flat(shape.length - 1) : undefined) : [value];
  if (values?.length !== elements(spec) || !values.every((item) => isOfKind(item, dtype))) {
    throw refuse(expected);
  }
  const data = columns[name] as NumericData;
  values.forEach((item, i) => {
    if (data instanceof BigInt64Array) data[i] = BigInt(item as number);
    else data[i] = Number(item);
  });
}

function isOfKind(value: unknown, dtype: ColumnSpec['dtype']): boolean {
  if (dtype === 'bool') return typeof value === 'boolean';
  if (dtype === 'int32') return Number.isInteger(value) && ((value as number) | 0) === value;
  return dtype === 'int64' ? Number.isSafeInteger(value) : typeof value === 'number';
}
