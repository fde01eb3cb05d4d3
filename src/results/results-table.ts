import type { ColumnSpec } from '../codec/columns.js';
import type { Results } from './results.js';
import { type RowBatch, statuses } from './row-batch.js';
import { type Table, type TableBatch, type TableColumn, uniqueName } from './table.js';

/**
 * The table *results*: a row for each done case, in the order of cases: case, parameters, outputs, status,
 * error_type, error_message. Outputs of cases that did not complete have no value, but for those that their failure
 * says are known. A parameter or an output with
 * the name of another column becomes `parameter_NAME` or `output_NAME`.
 */
export function resultsTable(results: Results): Table {
  const { parameters, outputs } = results;
  const taken = new Set(['case', 'status', 'error_type', 'error_message']);
  const named = (spec: ColumnSpec, prefix: string, isNullable: boolean): TableColumn => ({
    ...spec,
    name: uniqueName(spec.name, prefix, taken),
    isNullable,
  });
  const columns: TableColumn[] = [
    { name: 'case', dtype: 'int64', shape: [], isNullable: false },
    ...parameters.map((spec) => named(spec, 'parameter', false)),
    ...outputs.map((spec) => named(spec, 'output', true)),
    { name: 'status', dtype: 'string', shape: [], isNullable: false },
    { name: 'error_type', dtype: 'string', shape: [], isNullable: true },
    { name: 'error_message', dtype: 'string', shape: [], isNullable: true },
  ];
  return {
    columns,
    rowCount: results.rowCount,
    *batches(rows) {
      for (const batch of results.batches({ rows })) yield tableBatch(batch, parameters, outputs);
    },
  };
}

function tableBatch(
  batch: RowBatch,
  parameters: readonly ColumnSpec[],
  outputs: readonly ColumnSpec[],
): TableBatch {
  const { count, status, failures } = batch;
  const errorTypes = new Array<string>(count).fill('');
  const errorMessages = new Array<string>(count).fill('');
  for (const [row, failure] of failures) {
    errorTypes[row] = failure.type;
    errorMessages[row] = failure.message;
  }
  const hasFailed = status.map((code) => (code === 0 ? 0 : 1));
  const hasOutputs = failures.size > 0 ? status.map((code) => (code === 0 ? 1 : 0)) : undefined;
  return {
    count,
    data: [
      BigInt64Array.from(batch.cases, BigInt),
      ...parameters.map(({ name }) => batch.parameters[name]!),
      ...outputs.map(({ name }) => batch.outputs[name]!),
      Array.from(status, (code) => statuses[code]!),
      errorTypes,
      errorMessages,
    ],
    valid: [
      undefined,
      ...parameters.map(() => undefined),
      ...outputs.map(({ name }) => withKnown(hasOutputs, name, failures)),
      undefined,
      hasFailed,
      hasFailed,
    ],
  };
}

/** Which rows have a value of one output, beside those of completed cases. */
function withKnown(
  hasOutputs: Uint8Array | undefined,
  name: string,
  failures: RowBatch['failures'],
): Uint8Array | undefined {
  let valid = hasOutputs;
  for (const [row, { known }] of failures) {
    if (!known?.includes(name)) continue;
    if (valid === hasOutputs) valid = hasOutputs?.slice();
    if (valid) valid[row] = 1;
  }
  return valid;
}
