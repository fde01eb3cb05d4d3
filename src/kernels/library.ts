/** A kernel in C, through the interface that native/shoal_kernel.h defines. */
import { existsSync } from 'node:fs';
import type { Failure } from '../codec/block.js';
import { type ColumnSpec, isNumeric, type NumericData } from '../codec/columns.js';
import { InputError } from '../errors/input-error.js';
import { addressOf } from '../ffi/address.js';
import { openLibrary } from '../ffi/koffi.js';
import type { Kernel, RunBatch } from './kernel.js';

export interface LibraryRequest {
  /** Shared library, as a path. */
  readonly path: string;
  /** The kernel function; `SYMBOL_workspace` and `SYMBOL_status_text` stand beside it where it needs them. */
  readonly symbol: string;
  readonly name: string;
  readonly version: string;
  readonly inputs: readonly ColumnSpec[];
  readonly outputs: readonly ColumnSpec[];
  /** What the C side gets as `shared`, in the kernel's own layout; absent for NULL. */
  readonly shared?: Uint8Array;
  readonly sourceHash?: string;
  /** Type of the failures whose status text names none; `KernelError` when absent. */
  readonly failureType?: string;
}

type KernelFunction = (
  count: number,
  inputs: BigUint64Array,
  shared: Uint8Array | null,
  sharedBytes: number,
  outputs: BigUint64Array,
  status: Int32Array,
  workspace: bigint | null,
  workspaceBytes: number,
) => number;

/** A cache line, and the widest vector: kernels may load their workspace aligned. */
const workspaceAlignment = 64n;

/** Opens the library and finds its functions. Throws InputError when the library or the symbol is missing. */
export function libraryKernel(request: LibraryRequest): Kernel {
  const { name, version, inputs, outputs, sourceHash } = request;
  const form = 'c' as const;
  return {
    name,
    version,
    form,
    inputs,
    outputs,
    ...(sourceHash === undefined ? {} : { sourceHash }),
    runBatch: libraryRunner(request),
  };
}

/** Runs batches on the calling thread. Buffers for pointers, statuses and workspace are kept from call to call. */
function libraryRunner(request: LibraryRequest): RunBatch {
  const { symbol, inputs, outputs, failureType = 'KernelError' } = request;
  for (const spec of [...inputs, ...outputs]) {
    if (isNumeric(spec.dtype)) continue;
    throw new InputError('a C kernel has numeric columns only', {
      field: spec.name,
      expected: 'a numeric dtype',
      given: spec.dtype,
    });
  }
  const { kernel, workspaceBytes, statusText } = bind(request);
  const shared = request.shared ? aligned8(request.shared) : null;
  const inputPointers = new BigUint64Array(Math.max(1, inputs.length));
  const outputPointers = new BigUint64Array(Math.max(1, outputs.length));
  let status = new Int32Array(0);
  let workspace = new Uint8Array(0);

  return (count, columns, out, context) => {
    inputs.forEach((spec, i) => {
      inputPointers[i] = addressOf(columns[spec.name] as NumericData);
    });
    outputs.forEach((spec, i) => {
      outputPointers[i] = addressOf(out[spec.name] as NumericData);
    });
    if (status.length < count) status = new Int32Array(count);
    status.fill(0, 0, count);
    const bytes = workspaceBytes(count);
    if (workspace.byteLength < bytes + Number(workspaceAlignment)) {
      workspace = new Uint8Array(bytes + Number(workspaceAlignment));
    }
    const start = bytes === 0 ? null : aligned(addressOf(workspace));
    const code = kernel(
      count,
      inputPointers,
      shared,
      shared?.byteLength ?? 0,
      outputPointers,
      status,
      start,
      bytes,
    );
    if (code !== 0) {
      throw new Error(
        `${symbol} refused the batch of ${count} cases from ${context.first}: ${statusText(code)} (code ${code})`,
      );
    }
    return failures(status, count, failureType, statusText);
  };
}

function bind({ path, symbol, shared }: LibraryRequest) {
  if (!existsSync(path)) throw new InputError(`no such library: ${path}`, { field: 'kernel.library' });
  const library = openLibrary(path);
  if (library.symbol(symbol) === undefined) {
    throw new InputError('the library lacks the kernel function', {
      field: 'kernel.symbol',
      expected: `an exported function ${symbol} in ${path}`,
      hint: 'Its prototype is in native/shoal_kernel.h; it must not be static.',
    });
  }
  const kernel = library.func(
    `int32_t ${symbol}(int64_t count, const void *inputs, const void *shared, int64_t shared_bytes, void *outputs, void *status, void *workspace, int64_t workspace_bytes)`,
  ) as unknown as KernelFunction;
  const workspace = library.symbol(`${symbol}_workspace`)
    ? library.func(`int64_t ${symbol}_workspace(int64_t count, const void *shared, int64_t shared_bytes)`)
    : undefined;
  const text = library.symbol(`${symbol}_status_text`)
    ? library.func(`const char *${symbol}_status_text(int32_t status)`)
    : undefined;
  return {
    kernel,
    workspaceBytes: (count: number): number =>
      Number(workspace?.(count, shared ?? null, shared?.byteLength ?? 0) ?? 0),
    statusText: (code: number): string => (text?.(code) as string | null | undefined) ?? `status ${code}`,
  };
}

function aligned(address: bigint): bigint {
  return (address + workspaceAlignment - 1n) & ~(workspaceAlignment - 1n);
}

/** The same bytes at an address that is a multiple of 8: data that travelled in a message may lie anywhere. */
function aligned8(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : bytes.slice();
}

function failures(
  status: Int32Array,
  count: number,
  type: string,
  text: (code: number) => string,
): readonly Failure[] | undefined {
  let found: Failure[] | undefined;
  for (let offset = 0; offset < count; offset++) {
    const code = status[offset] as number;
    if (code === 0) continue;
    found ??= [];
    found.push({ offset, status: 'failed', ...typed(text(code), type) });
  }
  return found;
}

/** `InvalidModel: depths must increase` names its type; other texts are of the kernel's usual type. */
function typed(text: string, usualType: string): { readonly type: string; readonly message: string } {
  const [, type, message] = text.match(/^([A-Za-z]\w*): (.+)$/s) ?? [];
  return type === undefined || message === undefined ? { type: usualType, message: text } : { type, message };
}
