/** koffi's one home: opening shared libraries so that they stay. */
import { createRequire } from 'node:module';
import koffi from 'koffi';

/** What a `void *` parameter takes: an array with no copy, an address, or NULL. An empty array arrives as NULL. */
export type Pointer = NodeJS.ArrayBufferView | bigint | null;

export interface Library {
  /** A function by its C prototype: `int32_t add(int32_t a, int32_t b)`. Throws when the symbol is missing. */
  // biome-ignore lint/complexity/noBannedTypes: a foreign function is callable with whatever its prototype says
  func(prototype: string): Function;
  /** Address of a symbol, or undefined when the library lacks it. */
  symbol(name: string): bigint | undefined;
}

const isMac = process.platform === 'darwin';
const libc = isMac ? 'libSystem.B.dylib' : 'libc.so.6';
const RTLD_LAZY = 0x1;
const RTLD_GLOBAL = isMac ? 0x8 : 0x100;
const RTLD_NODELETE = isMac ? 0x80 : 0x1000;

/** Calls on pool threads run on a stack of koffi's own; MPI-IO and numeric kernels overflow its 128 KiB. */
const asyncStackBytes = 2 << 20;

configureStacks();

/** Opens a library and pins it: koffi closes a library with its last reference, which crashes MPI at exit. */
export function openLibrary(path: string, options: { readonly isGlobal?: boolean } = {}): Library {
  const flags = RTLD_LAZY | RTLD_NODELETE | (options.isGlobal ? RTLD_GLOBAL : 0);
  koffi.load(libc).func('void *dlopen(const char *path, int flags)')(path, flags);
  const library = koffi.load(path, { lazy: true, global: options.isGlobal ?? false });
  return {
    func: (prototype) => library.func(prototype),
    symbol: (name) => {
      try {
        return library.symbol(name) as bigint;
      } catch {
        return undefined;
      }
    },
  };
}

/** The pointer stored at an address: the value of a C variable of pointer type. */
export function readPointer(address: bigint): bigint {
  return BigInt(koffi.decode.uint64(address));
}

/** Source text for a thread without modules of its own: `exitProcess(code)` ends the process, whatever others do. */
export function exitProcessSource(): string {
  const path = createRequire(import.meta.url).resolve('koffi');
  return `const exitProcess = require(${JSON.stringify(path)}).load(${JSON.stringify(libc)}).func('void _exit(int code)');`;
}

/** The C int stored at an address. */
export function readInt(address: bigint): number {
  return koffi.decode.int(address);
}

/** Must come before the first library of the process. Where another user of koffi was first, its setting stays. */
function configureStacks(): void {
  try {
    koffi.config({ async_stack_size: asyncStackBytes });
  } catch {
    // The setting is for pool threads only, and nothing of ours relies on it unasked.
  }
}
