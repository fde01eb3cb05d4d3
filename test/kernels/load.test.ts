import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allocateColumns, type ColumnSpec } from '../../src/codec/columns.js';
import { InputError } from '../../src/errors/input-error.js';
import { bundleModule } from '../../src/kernels/bundle.js';
import { kernelIdentity, loadKernel, prepareKernel } from '../../src/kernels/load.js';
import { defaultExecution } from '../../src/study/execution.js';
import type { KernelForm, Solver } from '../../src/study/solver.js';
import type { KernelSource, Study } from '../../src/study/study.js';
import { contextOf } from './context.js';

const scalar = (name: string): ColumnSpec => ({ name, dtype: 'float64', shape: [] });
const context = contextOf();

function studyOf(kernel: KernelSource, settings: unknown = {}, columns = [scalar('x')]): Study {
  return {
    schemaVersion: 1,
    name: 'test',
    description: '',
    source: { path: 'study.yaml', text: '' },
    kernel,
    settings,
    cases: { count: 3, columns },
    shared: { offset: 100 },
    schedule: { strategy: 'adaptive', chunk: 'auto' },
    execution: defaultExecution,
    statistics: [],
    output: [],
    fingerprint: '',
  };
}

/** y = x * shared, where `prepare` makes shared of the settings. */
function solverWith(forms: readonly KernelForm[]): Solver {
  return {
    name: 'scale',
    version: '2',
    settingsSchema: undefined as never,
    check: () => {},
    forms: () => forms,
    prepare: ({ settings }) => ({ factor: (settings as { factor: number }).factor }),
    kernel: (_request, shared, form) => ({
      name: 'scale',
      version: '2',
      form,
      inputs: [scalar('x')],
      outputs: [scalar('y')],
      run: ({ x }) => ({ y: (x as number) * (shared as { factor: number }).factor }),
    }),
  };
}

const scale: KernelSource = { kind: 'solver', name: 'scale', version: '2' };

describe('the kernel of a solver', () => {
  test('is prepared once, in the best form of this machine, and runs at ranks from what was prepared', async () => {
    const study = studyOf(scale, { factor: 3 });
    const solvers = [solverWith(['c', 'typescript'])];
    const { shared, form } = prepareKernel(study, solvers, 'runs/x');
    expect({ shared, form }).toEqual({ shared: { factor: 3 }, form: 'c' });
    const kernel = await loadKernel(study, solvers, shared, form);
    const out = allocateColumns(kernel.outputs, 2);
    await kernel.runBatch(2, { x: Float64Array.of(1, 2) }, out, context);
    expect(out.y).toEqual(Float64Array.of(3, 6));
    expect(kernelIdentity(kernel)).toBe('scale 2 c');
  });

  test('is refused when nobody knows the solver', () => {
    expect(() => prepareKernel(studyOf({ ...scale, name: 'other' }), [solverWith(['c'])], 'runs/x')).toThrow(
      InputError,
    );
  });
});

describe('the kernel of a module', () => {
  let folder: string;
  let source: KernelSource;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'shoal-load-'));
    const path = join(folder, 'kernel.ts');
    writeFileSync(
      path,
      `export const kernel = { name: 'm', version: '1', inputs: [{ name: 'n', dtype: 'int32' }], outputs: [{ name: 'y' }],
        run: ({ n }, context) => ({ y: n + context.shared.offset }) };`,
    );
    source = { kind: 'module', path, ...(await bundleModule(path)) };
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('takes the columns of the study in its own number types', async () => {
    const study = studyOf(source, {}, [scalar('other'), scalar('n')]);
    const { shared, form } = prepareKernel(study, [], 'runs/x');
    const kernel = await loadKernel(study, [], shared, form);
    const out = allocateColumns(kernel.outputs, 2);
    await kernel.runBatch(2, { other: Float64Array.of(9, 9), n: Float64Array.of(1, 2) }, out, context);
    expect(out.y).toEqual(Float64Array.of(101, 102));
    expect(kernelIdentity(kernel)).toMatch(/^m 1 typescript [0-9a-f]{64}$/);
  });

  test('is refused for a study that lacks one of its inputs', async () => {
    await expect(loadKernel(studyOf(source), [], undefined, 'typescript')).rejects.toThrow(InputError);
  });
});
