/** Forward models a second on one core: the C kernel on each instruction set of this CPU, and its TypeScript twin. */
import { allocateColumns, type ColumnSpec, type Columns } from '../../src/codec/columns.js';
import { openLibrary } from '../../src/ffi/koffi.js';
import { nativeLibrary } from '../../src/kernels/native.js';
import { tem1d } from '../../src/solvers/tem1d/index.js';
import { defaultExecution } from '../../src/study/execution.js';
import type { KernelForm } from '../../src/study/solver.js';
import { contextOf } from '../kernels/context.js';
import { type Figure, ratePerCoreSecond, rounded } from './figure.js';

const layers = 3;
const gates = 31;
const columns: readonly ColumnSpec[] = [
  { name: 'resistivities', dtype: 'float64', shape: [layers] },
  { name: 'depths', dtype: 'float64', shape: [layers] },
];
const settings = tem1d.settingsSchema.parse({ response: 'dbdt', times: { logspace: [1e-6, 1e-3, gates] } });
const request = { settings, columns };
const context = contextOf();

/** Numbers of native/isa.h. */
const instructionSets = [
  { name: 'generic', number: 0 },
  { name: 'avx2', number: 1 },
  { name: 'avx512', number: 2 },
];

export async function* figures(): AsyncGenerator<Figure> {
  const shared = tem1d.prepare(request);
  const native = nativeLibrary();
  if (native.kind === 'found') {
    const choose = openLibrary(native.path).func('int32_t shoal_native_isa(int32_t request)');
    const usual: unknown = choose(-1);
    for (const { name, number } of instructionSets) {
      if (choose(number) === number) yield await figure(`tem1d.${name}`, 'c', shared, 8192);
    }
    choose(usual);
  }
  yield await figure('tem1d.typescript', 'typescript', shared, 64);
}

async function figure(name: string, form: KernelForm, shared: unknown, batch: number): Promise<Figure> {
  const kernel = await tem1d.kernel(request, shared, form, defaultExecution);
  const models = randomModels(batch);
  const out = allocateColumns(kernel.outputs, batch);
  const rate = await ratePerCoreSecond(batch, () => kernel.runBatch?.(batch, models, out, context));
  return { figure: name, value: rounded(rate), unit: 'models/s', layers, gates, batch };
}

/** Resistivities of 1 to 1000 ohm m, layers of 5 to 100 m; the same models in every run. */
function randomModels(count: number): Columns {
  let state = 1;
  const next = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  const resistivities = Float64Array.from({ length: count * layers }, () => 1000 ** next());
  const depths = new Float64Array(count * layers);
  for (let i = 0; i < depths.length; i++) {
    depths[i] = i % layers === 0 ? 0 : (depths[i - 1] as number) + 5 * 20 ** next();
  }
  return { resistivities, depths };
}
