/** From a study's settings and columns to the kernel that computes it, in C or TypeScript. */
import type { ColumnSpec } from '../../codec/columns.js';
import { EnvironmentError } from '../../errors/environment-error.js';
import type { Kernel } from '../../kernels/kernel.js';
import { libraryKernel } from '../../kernels/library.js';
import { nativeLibrary, nativeLibraryPath } from '../../kernels/native.js';
import type { KernelForm, SolverRequest } from '../../study/solver.js';
import { modelColumns } from './columns.js';
import { type Settings, surveyOf } from './survey.js';
import { makeTables } from './tables.js';
import { typescriptRunner } from './typescript-kernel.js';

export const name = 'tem1d';
export const version = '1';

/** Best first. */
export function forms(): readonly KernelForm[] {
  return nativeLibraryPath() === undefined ? ['typescript'] : ['c', 'typescript'];
}

/** The tables that every model of the study shares: see tables.ts. */
export function prepare({ settings, columns }: SolverRequest): Float64Array {
  const { layers, layering } = modelColumns(columns);
  return makeTables(surveyOf(settings as Settings, 'settings'), layers, layering);
}

/** The kernel of a study; `shared` is what `prepare` returned, after travelling. */
export function makeKernel({ settings, columns }: SolverRequest, shared: unknown, form: KernelForm): Kernel {
  const model = modelColumns(columns);
  const { times, response } = surveyOf(settings as Settings, 'settings');
  const tables = shared as Float64Array;
  const inputs = model.geometry ? [model.resistivities, model.geometry] : [model.resistivities];
  const outputs: readonly ColumnSpec[] = [
    {
      name: 'responses',
      dtype: 'float64',
      shape: [times.length],
      unit: response === 'b' ? 'T/(A m2)' : 'T/(s A m2)',
    },
  ];
  if (form === 'typescript') {
    return { name, version, form, inputs, outputs, runBatch: typescriptRunner(model, tables) };
  }
  const library = nativeLibrary();
  if (library.kind === 'missing') {
    throw new EnvironmentError(`the C form of the kernel ${name} does not run on this machine`, {
      hint: 'Install a C compiler and make, or build shoal before the run: every rank must run the same form.',
    });
  }
  return libraryKernel({
    path: library.path,
    sourceHash: library.sourceHash,
    symbol: name,
    name,
    version,
    inputs,
    outputs,
    shared: new Uint8Array(tables.buffer, tables.byteOffset, tables.byteLength),
  });
}
