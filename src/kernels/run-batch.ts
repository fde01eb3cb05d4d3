/** From one case to many: how a kernel that computes single cases runs a batch of columns. */
import type { Failure } from '../codec/block.js';
import {
  type ColumnData,
  type ColumnSpec,
  type Columns,
  elements,
  isNumeric,
  type NumericData,
} from '../codec/columns.js';
import type { BatchContext, Kernel, RunBatch, RunCase } from './kernel.js';

/** The batch runner of any kernel, whichever of `run` and `runBatch` it has. */
export function batchRunner(kernel: Kernel): RunBatch<BatchContext> {
  if (kernel.runBatch) return kernel.runBatch.bind(kernel);
  if (kernel.run) return overCases(kernel.run.bind(kernel), kernel.inputs, kernel.outputs);
  throw new Error(`kernel ${kernel.name} has neither run nor runBatch`);
}

/**
 * Runs cases one after the other, in order. A case that throws, or whose result lacks an output or has one of the
 * wrong shape, is a Failure and its outputs are NaN (0 for integers); NaN that the case itself computes is a result.
 */
function overCases(
  run: RunCase,
  inputs: readonly ColumnSpec[],
  outputs: readonly ColumnSpec[],
): RunBatch<BatchContext> {
  return async (count, columns, out, context) => {
    const failures: Failure[] = [];
    for (let i = 0; i < count; i++) {
      try {
        // Awaiting only what is a promise keeps a synchronous kernel free of a turn of the event loop for each case.
        const pending = run(caseValues(inputs, columns, i), context.single(i));
        const result = pending instanceof Promise ? await pending : pending;
        for (const spec of outputs) writeValue(spec, out, i, result);
      } catch (error) {
        clearOutputs(outputs, out, i);
        failures.push(failureOf(error, i));
      }
    }
    return failures.length > 0 ? failures : undefined;
  };
}

/** The failed row of what a kernel threw, whatever that was. */
export function failureOf(thrown: unknown, offset: number): Failure {
  if (!(thrown instanceof Error)) {
    return { offset, status: 'failed', type: 'Error', message: `threw ${describe(thrown)}` };
  }
  return {
    offset,
    status: 'failed',
    type: thrown.name || 'Error',
    message: thrown.message,
    ...(thrown.stack === undefined ? {} : { traceback: thrown.stack }),
  };
}

/** Case `i` as a record: numbers, typed arrays over the batch's memory, strings. Int64 scalars are BigInt, bools booleans. */
export function caseValues(
  specs: readonly ColumnSpec[],
  columns: Columns,
  i: number,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const spec of specs) {
    const data = columns[spec.name] as ColumnData;
    if (spec.shape.length > 0) {
      const length = elements(spec);
      values[spec.name] = (data as NumericData).subarray(i * length, (i + 1) * length);
    } else {
      values[spec.name] = spec.dtype === 'bool' ? data[i] === 1 : data[i];
    }
  }
  return values;
}

/** Writes one output of case `i`. Throws a TypeError that names the output when the value does not fit. */
function writeValue(spec: ColumnSpec, out: Columns, i: number, result: Record<string, unknown>): void {
  const value = result?.[spec.name];
  if (value === undefined) throw misfit(spec, `is missing from the result, which has ${keys(result)}`);
  const data = out[spec.name] as unknown[];
  if (!isNumeric(spec.dtype)) {
    if (spec.dtype === 'string' && typeof value !== 'string') {
      throw misfit(spec, `must be a string, not ${describe(value)}`);
    }
    data[i] = value;
    return;
  }
  if (spec.shape.length === 0) {
    data[i] = numeric(spec, value);
    return;
  }
  const length = elements(spec);
  const flat = ArrayBuffer.isView(value) ? (value as NumericData) : flatten(value);
  if (flat.length !== length) {
    throw misfit(spec, `must have ${length} numbers (shape ${spec.shape.join(' × ')}), not ${flat.length}`);
  }
  for (let k = 0; k < length; k++) data[i * length + k] = numeric(spec, flat[k]);
}

function numeric(spec: ColumnSpec, value: unknown): number | bigint {
  switch (spec.dtype) {
    case 'int64':
      if (typeof value === 'bigint') return value;
      if (Number.isSafeInteger(value)) return BigInt(value as number);
      break;
    case 'int32':
      if (Number.isInteger(value) && Math.abs(value as number) <= 0x7fffffff) return value as number;
      break;
    case 'bool':
      if (typeof value === 'boolean' || value === 0 || value === 1) return Number(value);
      break;
    default:
      if (typeof value === 'number') return value;
  }
  throw misfit(spec, `must be ${spec.dtype}, not ${describe(value)}`);
}

/** Nested lists in row-major order. What is no list counts as a list of one, so that its length tells. */
function flatten(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value.flat(Infinity) as unknown[]) : [value];
}

/** What outputs hold where there is no value: NaN, 0 for integers, nothing for texts. */
export function clearOutputs(outputs: readonly ColumnSpec[], out: Columns, i: number): void {
  for (const spec of outputs) {
    const data = out[spec.name] as ColumnData;
    if (!isNumeric(spec.dtype)) data[i] = spec.dtype === 'string' ? '' : null;
    else if (spec.dtype === 'int64')
      (data as BigInt64Array).fill(0n, i * elements(spec), (i + 1) * elements(spec));
    else (data as Float64Array).fill(Number.NaN, i * elements(spec), (i + 1) * elements(spec));
  }
}

function misfit(spec: ColumnSpec, what: string): TypeError {
  return new TypeError(`output "${spec.name}" ${what}`);
}

function keys(result: unknown): string {
  if (result === null || typeof result !== 'object') return `no keys: it is ${describe(result)}`;
  const names = Object.keys(result);
  return names.length > 0 ? names.join(', ') : 'no keys';
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'object')
    return Array.isArray(value) ? 'a list' : `a ${value.constructor?.name ?? 'object'}`;
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : String(value);
}
