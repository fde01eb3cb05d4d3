/** koffi's one home: opening shared libraries so that they stay. */
import koffi from 'koffi';

export interface Library {
  /** A function by its C prototype: `int32_t add(int32_t a, int32_t b)`. Throws when the symbol is missing. */
  // biome-ignore lint/complexity/noBannedTypes: a foreign function is callable with whatever its prototype says
  func(prototype: string): Function;
  /** Address of a symbol, or undefined when the library lacks it. */
  symbol(name: string): bigint | undefined;
}

const RTLD_LAZY = 0x1;
const RTLD_GLOBAL = 0x100;
const RTLD_NODELETE = 0x1000;

/** Opens a library and pins it: koffi closes a library with its last reference, which crashes MPI at exit. */
export function openLibrary(path: string, options: { readonly isGlobal?: boolean } = {}): Library {
  const flags = RTLD_LAZY | RTLD_NODELETE | (options.isGlobal ? RTLD_GLOBAL : 0);
  koffi.load('libc.so.6').func('void *dlopen(const char *path, int flags)')(path, flags);
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
