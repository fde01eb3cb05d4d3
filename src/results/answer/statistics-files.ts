import { csvField } from '../../codec/csv-field.js';
import type { StatisticName } from '../../study/study.js';
import { numberText } from '../export/json-value.js';
import type { OutputStatistics } from '../statistics/ensemble.js';

/** What the elements of a vector output stand for, such as the times of the gates. */
export interface Axis {
  readonly name: string;
  readonly unit?: string;
  readonly values: readonly number[] | Float64Array;
}

/** Whether an output has a value for each value of the axis and nothing else. */
export function isAlong(axis: Axis | undefined, shape: readonly number[]): axis is Axis {
  return axis !== undefined && shape.length === 1 && shape[0] === axis.values.length;
}

/**
 * A line an element of an output: output, index (`2`, or `0 1` for a matrix, empty for a scalar), the value of the
 * axis if there is one, unit, count, then a column a statistic; numbers in the shortest form that reads back.
 */
export function statisticsCsv(
  statistics: readonly OutputStatistics[],
  names: readonly StatisticName[],
  axis?: Axis,
): string {
  const hasAxis = statistics.some(({ output }) => isAlong(axis, output.shape));
  const header = ['output', 'index', ...(hasAxis ? [axis!.name] : []), 'unit', 'count', ...names];
  const lines = statistics.flatMap(({ output, count, values }) =>
    Array.from(count, (used, e) => [
      output.name,
      indices(output.shape, e).join(' '),
      ...(hasAxis ? [isAlong(axis, output.shape) ? numberText(axis.values[e]!) : ''] : []),
      output.unit ?? '',
      String(used),
      ...names.map((name) => numberText(values.get(name)![e]!)),
    ]),
  );
  return `${[header, ...lines].map((fields) => fields.map(csvField).join(',')).join('\n')}\n`;
}

export interface StatisticsHead {
  readonly study: string;
  readonly cases: { readonly total: number; readonly completed: number; readonly failed: number };
}

/** The same as one JSON document: for each output its shape, unit and arrays (row-major); null where there is none. */
export function statisticsJson(
  head: StatisticsHead,
  statistics: readonly OutputStatistics[],
  names: readonly StatisticName[],
  axis?: Axis,
): string {
  const outputs = Object.fromEntries(
    statistics.map(({ output, count, values }) => [
      output.name,
      {
        shape: output.shape,
        ...(output.unit === undefined ? {} : { unit: output.unit }),
        ...(isAlong(axis, output.shape) ? { axis: { ...axis, values: [...axis.values] } } : {}),
        count: [...count],
        ...Object.fromEntries(names.map((name) => [name, [...values.get(name)!]])),
      },
    ]),
  );
  return `${JSON.stringify({ ...head, outputs }, null, 1)}\n`;
}

function indices(shape: readonly number[], position: number): number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((extent) => {
      const index = rest % extent;
      rest = Math.floor(rest / extent);
      return index;
    })
    .reverse();
}
