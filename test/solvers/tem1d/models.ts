/** Random layered models and the kernels that compute them, for tests. */
import type { ColumnSpec, Columns } from '../../../src/codec/columns.js';
import type { Kernel } from '../../../src/kernels/kernel.js';
import { makeKernel, prepare } from '../../../src/solvers/tem1d/kernel.js';
import { settingsSchema } from '../../../src/solvers/tem1d/settings.js';
import type { KernelForm, SolverRequest } from '../../../src/study/solver.js';
import { contextOf } from '../../kernels/context.js';

/** Numbers in [0, 1) that depend on the seed alone (Park & Miller). */
export function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** 1 to 1000 ohm m, layers of 2 to 50 m. */
export function randomModels(count: number, layers: number, seed = 1): Columns {
  const next = uniform(seed);
  return {
    resistivities: Float64Array.from({ length: count * layers }, () => 1000 ** next()),
    thicknesses: Float64Array.from({ length: count * (layers - 1) }, () => 2 * 25 ** next()),
  };
}

export function request(layers: number, settings: object): SolverRequest {
  const column = (name: string, length: number): ColumnSpec => ({ name, dtype: 'float64', shape: [length] });
  return {
    settings: settingsSchema.parse(settings),
    columns: [column('resistivities', layers), ...(layers > 1 ? [column('thicknesses', layers - 1)] : [])],
  };
}

export function kernelOf(layers: number, settings: object, form: KernelForm): Kernel {
  const asked = request(layers, settings);
  return makeKernel(asked, prepare(asked), form);
}

/** Responses of `count` models of `columns` from `first` on, `[count][gates]`. */
export async function responses(
  kernel: Kernel,
  columns: Columns,
  first: number,
  count: number,
): Promise<Float64Array> {
  const gates = kernel.outputs[0]?.shape[0] ?? 0;
  const part = Object.fromEntries(
    kernel.inputs.map(({ name, shape }) => {
      const width = shape[0] ?? 1;
      return [name, (columns[name] as Float64Array).slice(first * width, (first + count) * width)];
    }),
  );
  const out = new Float64Array(count * gates);
  const failures = (await kernel.runBatch?.(count, part, { responses: out }, contextOf(first))) ?? [];
  if (failures.length > 0) throw new Error(failures[0]?.message);
  return out;
}
