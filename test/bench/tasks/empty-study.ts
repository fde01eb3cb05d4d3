/** A study of cases without parameters, and a kernel that computes nothing: what is left is the cost of handing out. */
import type { ReadyKernel } from '../../../src/kernels/kernel.js';
import { defaultExecution } from '../../../src/study/execution.js';
import type { Study } from '../../../src/study/study.js';

export function emptyKernel(doubles: number): ReadyKernel {
  const outputs = doubles > 0 ? [{ name: 'values', dtype: 'float64', shape: [doubles] } as const] : [];
  return { name: 'empty', version: '1', form: 'typescript', inputs: [], outputs, runBatch: () => undefined };
}

export function emptyStudy(count: number): Study {
  return {
    schemaVersion: 1,
    name: 'empty',
    description: '',
    source: { path: '', text: '' },
    kernel: { kind: 'solver', name: 'empty', version: '1' },
    settings: {},
    cases: { count, columns: [], axes: [count], sample: null, sources: [], derived: [] },
    shared: {},
    schedule: { strategy: 'self', chunk: 1 },
    execution: defaultExecution,
    statistics: [],
    output: [],
    fingerprint: 'a'.repeat(64),
  };
}
