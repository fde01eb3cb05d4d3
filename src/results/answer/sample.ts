import { elements, type NumericData } from '../../codec/columns.js';
import type { Results } from '../results.js';

/**
 * Values of one output for at most `wanted` completed cases, evenly spread over the cases that are done: the same
 * ones for the same results.
 */
export function sampleCases(results: Results, output: string, wanted: number): Float64Array[] {
  const spec = results.outputs.find(({ name }) => name === output);
  if (!spec) throw new Error(`no output is named ${output}`);
  const size = elements(spec);
  const stride = Math.max(1, Math.ceil(results.rowCount / wanted));
  const curves: Float64Array[] = [];
  let passed = 0;
  for (const { count, status, outputs } of results.batches({ withParameters: false, outputs: [output] })) {
    const data = outputs[output] as NumericData;
    for (let row = (stride - (passed % stride)) % stride; row < count; row += stride) {
      if (status[row] !== 0) continue;
      curves.push(Float64Array.from({ length: size }, (_, e) => Number(data[row * size + e])));
    }
    passed += count;
  }
  return curves;
}
