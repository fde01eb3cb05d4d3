/** The TypeScript form: models one after the other. */
import type { Failure } from '../../codec/block.js';
import type { RunBatch } from '../../kernels/kernel.js';
import { type ModelColumns, modelProblem, thicknessesOf } from './columns.js';
import { readTables, type Tables } from './tables.js';
import { Layers, tem1d } from './tem1d.js';

export function typescriptRunner(columns: ModelColumns, data: Float64Array): RunBatch {
  const tables = readTables(data);
  const layers = new Layers(tables.layers);
  return (count, inputs, out) => {
    const responses = out.responses as Float64Array;
    const failures: Failure[] = [];
    const row = (column: ModelColumns['geometry'], i: number): Float64Array => {
      if (!column) return new Float64Array(0);
      const values = inputs[column.name] as Float64Array;
      const width = column.shape[0] ?? 1;
      return values.subarray(i * width, (i + 1) * width);
    };
    for (let i = 0; i < count; i++) {
      const resistivities = row(columns.resistivities, i);
      const geometry = row(columns.geometry, i);
      const problem =
        modelProblem(tables.layering, resistivities, geometry) ??
        compute(tables, layers, resistivities, geometry, responses, i);
      if (problem === undefined) continue;
      responses.fill(Number.NaN, i * tables.gates, (i + 1) * tables.gates);
      failures.push({ offset: i, status: 'failed', type: 'InvalidModel', message: problem });
    }
    return failures;
  };
}

function compute(
  tables: Tables,
  layers: Layers,
  resistivities: Float64Array,
  geometry: Float64Array,
  responses: Float64Array,
  i: number,
): string | undefined {
  layers.load(resistivities, thicknessesOf(tables.layering, geometry));
  tem1d(tables, layers, classOf(tables, resistivities), responses, i * tables.gates);
  const isComplete = responses.subarray(i * tables.gates, (i + 1) * tables.gates).every(Number.isFinite);
  return isComplete ? undefined : 'the response is not finite';
}

/** Class of a model by its smallest conductivity, from the exponent alone: no rounding can move a model. */
function classOf({ firstClass, classes }: Tables, resistivities: Float64Array): number {
  const [bits] = new BigUint64Array(Float64Array.of(1 / Math.max(...resistivities)).buffer);
  const exponent = Number((bits as bigint) >> 52n) - 1023;
  return Math.min(classes - 1, Math.max(0, (exponent - firstClass) >> 1));
}
