/** A bundled TypeScript or JavaScript kernel, made ready at a rank. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ColumnSpec, Dtype } from '../codec/columns.js';
import { bytesPerElement, isNumeric } from '../codec/columns.js';
import { InputError } from '../errors/input-error.js';
import type { Comm } from '../mpi/index.js';
import { withoutExit } from '../process/exit-guard.js';
import { temporaryFolder } from '../process/temporary.js';
import type { Kernel, RunBatch, RunCase } from './kernel.js';
import { CaseInModule } from './module-context.js';

export interface ModuleSource {
  /** The user's file, for messages. */
  readonly path: string;
  readonly code: string;
  readonly hash: string;
}

/** A kernel as its module exports it, checked, every default filled. */
export interface LoadedModule {
  readonly name: string;
  readonly version: string;
  readonly inputs: readonly ColumnSpec[];
  readonly outputs: readonly ColumnSpec[];
  readonly prepare?: (shared: Readonly<Record<string, unknown>>, settings: unknown) => unknown;
  readonly run?: (inputs: Readonly<Record<string, unknown>>, context: object) => ReturnType<RunCase>;
  readonly runBatch?: (...args: [...Parameters<RunBatch>]) => ReturnType<RunBatch>;
}

/** Imports the module and runs its `prepare`; `comm` is asked in each case, for MPI kernels. Throws InputError naming the file and what its export lacks. */
export async function moduleKernel(
  source: ModuleSource,
  shared: Readonly<Record<string, unknown>>,
  settings: unknown,
  comm?: () => Comm,
): Promise<Kernel> {
  const loaded = await importModule(source);
  const { name, version, inputs, outputs } = loaded;
  const prepared = await loaded.prepare?.(shared, settings);
  const extra = { shared, settings, prepared, ...(comm && { comm }) };
  const base = { name, version, inputs, outputs, form: 'typescript', sourceHash: source.hash } as const;
  const { run, runBatch } = loaded;
  if (runBatch) {
    return {
      ...base,
      runBatch: (count, columns, out, context) =>
        runBatch(count, columns, out, new CaseInModule(context, extra)),
    };
  }
  return {
    ...base,
    run: (values, context) => (run as RunCase)(values, new CaseInModule(context, extra)),
  };
}

/** The module's kernel without preparing it: what a study is checked against before any rank exists. */
export async function importModule(source: ModuleSource): Promise<LoadedModule> {
  // Source maps turn a traceback into lines of the user's TypeScript; the bundle carries its own.
  process.setSourceMapsEnabled(true);
  // A file of this process alone: nothing of another user's or rank's can stand at its path.
  const folder = temporaryFolder('kernel');
  try {
    const file = join(folder, 'kernel.mjs');
    await writeFile(file, source.code);
    const exports = await importFile(file, source.path);
    return checked(exports.kernel ?? exports.default, source.path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function importFile(file: string, userPath: string): Promise<Record<string, unknown>> {
  const refusal = (code: string): InputError =>
    new InputError(`the kernel module ends the process, with exit code ${code}, when it is loaded`, {
      file: userPath,
    });
  try {
    return await withoutExit(refusal, () => import(pathToFileURL(file).href));
  } catch (error) {
    if (error instanceof InputError) throw error;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new InputError(
      `the kernel module throws when it is loaded: ${message}`,
      { file: userPath },
      { cause: error },
    );
  }
}

function checked(exported: unknown, file: string): LoadedModule {
  const refuse = (field: string, expected: string, given: string): never => {
    throw new InputError('this module holds no kernel', { file, field, expected, given });
  };
  if (exported === null || typeof exported !== 'object') {
    return refuse(
      'kernel',
      'an export named `kernel` (or a default export) that is an object',
      shown(exported),
    );
  }
  const kernel = exported as Record<string, unknown>;
  const { name, version, prepare, run, runBatch } = kernel;
  if (typeof name !== 'string' || name === '') return refuse('kernel.name', 'a name', shown(name));
  if (typeof version !== 'string' || version === '') {
    return refuse('kernel.version', 'a version as text, such as "1"', shown(version));
  }
  if ((typeof run === 'function') === (typeof runBatch === 'function')) {
    const given = typeof run === 'function' ? 'both' : 'neither';
    return refuse('kernel.run', 'one function, `run` (a case) or `runBatch` (many)', given);
  }
  if (prepare !== undefined && typeof prepare !== 'function') {
    return refuse('kernel.prepare', 'a function, or nothing', shown(prepare));
  }
  return {
    name,
    version,
    inputs: checkedColumns(kernel.inputs, 'kernel.inputs', refuse),
    outputs: checkedColumns(kernel.outputs, 'kernel.outputs', refuse),
    ...(prepare ? { prepare: prepare.bind(kernel) as LoadedModule['prepare'] } : {}),
    ...(typeof run === 'function' ? { run: run.bind(kernel) as LoadedModule['run'] } : {}),
    ...(typeof runBatch === 'function' ? { runBatch: runBatch.bind(kernel) as RunBatch } : {}),
  } as LoadedModule;
}

type Refuse = (field: string, expected: string, given: string) => never;

function checkedColumns(value: unknown, field: string, refuse: Refuse): ColumnSpec[] {
  if (!Array.isArray(value) || value.length === 0) return refuse(field, 'a list of columns', shown(value));
  const seen = new Set<string>();
  return value.map((item: unknown, i) => {
    const at = `${field}[${i}]`;
    if (item === null || typeof item !== 'object') return refuse(at, 'an object with a `name`', shown(item));
    const { name, dtype = 'float64', shape = [], unit } = item as Record<string, unknown>;
    if (typeof name !== 'string' || name === '') return refuse(`${at}.name`, 'a name', shown(name));
    if (seen.has(name)) return refuse(`${at}.name`, 'names that differ', shown(name));
    seen.add(name);
    if (typeof dtype !== 'string' || !Object.hasOwn(bytesPerElement, dtype)) {
      return refuse(`${at}.dtype`, `one of ${Object.keys(bytesPerElement).join(', ')}`, shown(dtype));
    }
    if (!isShape(shape) || (shape.length > 0 && !isNumeric(dtype as Dtype))) {
      return refuse(`${at}.shape`, 'a list of positive integers ([] for text and json)', shown(shape));
    }
    if (unit !== undefined && typeof unit !== 'string') return refuse(`${at}.unit`, 'text', shown(unit));
    return { name, dtype: dtype as Dtype, shape, ...(unit === undefined ? {} : { unit }) };
  });
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((extent) => Number.isSafeInteger(extent) && extent > 0);
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
