/** The keys `solver` and `kernel`: what computes the cases. */
import { createHash } from 'node:crypto';
import { dirname, extname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ColumnSpec } from '../codec/columns.js';
import { plainCommand, resolveCommand } from './command/resolve.js';
import type { FieldPath, StudyFile } from './document/places.js';
import { atField, problem } from './document/problem.js';
import { type Bundle, readBytes } from './document/read.js';
import { suggestion } from './nearest.js';
import type { StudyDocument } from './schema.js';
import type { Solver } from './solver.js';
import type { KernelSource, UserKernelSource } from './study.js';

export interface ChosenKernel {
  readonly source: KernelSource;
  /** Present when the kernel is a built-in solver's. */
  readonly solver?: Solver;
}

export async function chooseKernel(
  file: StudyFile,
  document: StudyDocument,
  solvers: readonly Solver[],
  bundle: Bundle,
): Promise<ChosenKernel> {
  const { solver: name, kernel } = document;
  if (name !== undefined && kernel !== undefined) {
    throw problem(file, ['kernel'], 'Give either solver or kernel, not both', {}, 'key');
  }
  if (name !== undefined) return namedSolver(file, name, solvers);
  if (kernel === undefined) {
    throw problem(file, [], 'Nothing to compute: the study names no solver and no kernel', {
      expected: `solver: ${solvers.map((solver) => solver.name).join(' | ')}, or kernel: FILE, or kernel: { command: … }`,
    });
  }
  if (!Array.isArray(kernel)) return { source: await userKernel(file, ['kernel'], kernel, bundle) };
  const members: UserKernelSource[] = [];
  for (const [i, one] of kernel.entries()) members.push(await userKernel(file, ['kernel', i], one, bundle));
  const [first, ...further] = members;
  // The schema refuses an empty list.
  return { source: further.length > 0 ? { kind: 'turns', members } : (first as UserKernelSource) };
}

type KernelInput = NonNullable<StudyDocument['kernel']>;
type OneKernelInput = Exclude<KernelInput, readonly unknown[]>;

async function userKernel(
  file: StudyFile,
  at: FieldPath,
  kernel: OneKernelInput,
  bundle: Bundle,
): Promise<UserKernelSource> {
  if (typeof kernel === 'string') {
    return kernel.startsWith('ssh://')
      ? resolveCommand(file, at, plainCommand(kernel))
      : moduleSource(file, at, kernel, bundle);
  }
  return 'command' in kernel ? resolveCommand(file, at, kernel) : librarySource(file, at, kernel);
}

function namedSolver(file: StudyFile, name: string, solvers: readonly Solver[]): ChosenKernel {
  const solver = solvers.find((each) => each.name === name);
  if (!solver) {
    const hint = suggestion(
      name,
      solvers.map((each) => each.name),
    );
    throw problem(file, ['solver'], `No solver of the name '${name}'`, { ...(hint && { hint }) });
  }
  const { version, keepsTime } = solver;
  return { source: { kind: 'solver', name, version, ...(keepsTime && { keepsTime }) }, solver };
}

async function moduleSource(
  file: StudyFile,
  at: FieldPath,
  kernel: string,
  bundle: Bundle,
): Promise<UserKernelSource> {
  if (!/\.m?[tj]s$/.test(kernel)) {
    throw problem(file, at, 'Not a kernel module by its name', {
      expected: 'a path that ends in .ts, .mts, .js or .mjs',
      given: kernel,
      hint: 'A C kernel is written as kernel: { library: FILE, symbol: NAME, inputs: […], outputs: […] }',
    });
  }
  // What `import.meta.resolve` gives to studies made by a program.
  const path = kernel.startsWith('file:') ? fileURLToPath(kernel) : resolve(dirname(file.path), kernel);
  await readOwnBytes(file, at, path, kernel);
  const { code, hash } = await bundle(path);
  return { kind: 'module', path, code, hash };
}

type LibraryInput = Extract<OneKernelInput, { library: unknown }>;

async function librarySource(
  file: StudyFile,
  place: FieldPath,
  kernel: LibraryInput,
): Promise<UserKernelSource> {
  const path = resolve(dirname(file.path), kernel.library);
  const at = [...place, 'library'];
  const extension = extname(path);
  if (!['.c', '.so', '.dylib'].includes(extension)) {
    throw problem(file, at, 'Not a C kernel by its name', {
      expected: 'a path that ends in .c, .so or .dylib',
      given: kernel.library,
    });
  }
  refuseTwins(file, place, kernel);
  const bytes = await readOwnBytes(file, at, path, kernel.library);
  return {
    kind: 'library',
    path,
    symbol: kernel.symbol,
    inputs: kernel.inputs.map(specOf),
    outputs: kernel.outputs.map(specOf),
    ...(extension === '.c' && { code: bytes.toString('utf8') }),
    hash: createHash('sha256').update(bytes).digest('hex'),
  };
}

/** Inputs and outputs are columns of one table, so that no two may share a name. */
function refuseTwins(file: StudyFile, at: FieldPath, { inputs, outputs }: LibraryInput): void {
  const met = new Set<string>();
  for (const [section, columns] of Object.entries({ inputs, outputs })) {
    columns.forEach(({ name }, i) => {
      if (met.has(name)) {
        throw problem(file, [...at, section, i, 'name'], `Two columns of the kernel are named '${name}'`);
      }
      met.add(name);
    });
  }
}

function readOwnBytes(file: StudyFile, at: FieldPath, path: string, shown: string): Promise<Buffer> {
  return readBytes(path, shown).catch((error: unknown) => {
    throw atField(file, at, error);
  });
}

function specOf({ name, dtype, shape, unit }: LibraryInput['inputs'][number]): ColumnSpec {
  return { name, dtype, shape, ...(unit !== undefined && { unit }) };
}
