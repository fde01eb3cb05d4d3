/**
 * MPI functions, bound when first called. A chapter declares the C prototypes it calls; their TypeScript types
 * follow from the text, and a test compiles the same text against each mpi.h.
 */
import type { Pointer } from '../ffi/koffi.js';
import { type Handle, mpiLibrary } from './library.js';
import { MissingFunctionError } from './missing-function.js';

/** A parameter's type from its declaration, `const void *buf` or `MPI_Comm comm`. */
type Parameter<Text extends string> = Text extends `${string}*${string}` | `${string}[]${string}`
  ? Pointer
  : Text extends `MPI_Aint ${string}` | `MPI_Offset ${string}` | `MPI_Count ${string}`
    ? number | bigint
    : Text extends `MPI_${string}`
      ? Handle
      : number;

type Parameters<Text extends string> = Text extends 'void'
  ? []
  : Text extends `${infer First}, ${infer Rest}`
    ? [Parameter<First>, ...Parameters<Rest>]
    : [Parameter<Text>];

/** Every function bound here returns a number: an error code, or the time. */
type CFunction<Prototype extends string> = Prototype extends `${string}(${infer Text})`
  ? (...parameters: Parameters<Text>) => number
  : never;

type NameOf<Prototype extends string> = Prototype extends `${string} ${infer Name}(${string}` ? Name : never;

export type Functions<Prototype extends string> = {
  [Each in Prototype as NameOf<Each>]: CFunction<Each>;
};

type AnyFunction = (...parameters: never[]) => number;

/** Every prototype declared, by name: what the test against the headers reads. */
export const declaredPrototypes = new Map<string, string>();
const bound: Record<string, AnyFunction>[] = [];

/** What may still be called after MPI_Finalize. */
const afterFinalize = ['MPI_Initialized', 'MPI_Finalized', 'MPI_Get_version', 'MPI_Get_library_version'];

/** Functions by their prototypes. Each binds itself on its first call, which opens the library. */
export function functions<const Prototype extends string>(
  ...prototypes: readonly Prototype[]
): Functions<Prototype> {
  return functionsOf(undefined, prototypes);
}

/** Functions that not every library has; `needed` says which has them: `Open MPI 5.0 or later`. */
export function optionalFunctions<const Prototype extends string>(
  needed: string,
  ...prototypes: readonly Prototype[]
): Functions<Prototype> {
  return functionsOf(needed, prototypes);
}

function functionsOf<const Prototype extends string>(
  needed: string | undefined,
  prototypes: readonly Prototype[],
): Functions<Prototype> {
  const table: Record<string, AnyFunction> = {};
  for (const prototype of prototypes) {
    const name = nameOf(prototype);
    declaredPrototypes.set(name, prototype);
    table[name] = (...parameters) => {
      const called = bind(name, prototype, needed);
      table[name] = called;
      return called(...parameters);
    };
  }
  bound.push(table);
  return table as unknown as Functions<Prototype>;
}

/** Makes every later call throw `problem()`: libraries end the process when called after MPI_Finalize. */
export function sealFunctions(problem: (name: string) => Error): void {
  for (const table of bound) {
    for (const name of Object.keys(table)) {
      if (afterFinalize.includes(name)) continue;
      table[name] = () => {
        throw problem(name);
      };
    }
  }
}

/** The prototype in koffi's words: handles as this library has them, every pointer `void *`. */
export function foreignPrototype(prototype: string, handle: 'pointer' | 'int'): string {
  const [, result, name, list] = /^(\w+) (\w+)\((.*)\)$/.exec(prototype) ?? [];
  if (list === undefined) throw new Error(`not a C prototype: ${prototype}`);
  const parameters = list.split(', ').map((parameter) => {
    if (parameter === 'void') return parameter;
    const variable = /(\w+)(\[\d*\])*$/.exec(parameter)?.[1];
    if (/\*|\[/.test(parameter)) return `void *${variable}`;
    if (/^MPI_(Aint|Offset|Count) /.test(parameter)) return `int64_t ${variable}`;
    if (parameter.startsWith('MPI_File ')) return `void *${variable}`;
    if (parameter.startsWith('MPI_')) return `${handle === 'int' ? 'int ' : 'void *'}${variable}`;
    return parameter;
  });
  return `${result} ${name}(${parameters.join(', ')})`;
}

function bind(name: string, prototype: string, needed: string | undefined): AnyFunction {
  const { library, abi, choice } = mpiLibrary();
  if (library.symbol(name) === undefined) throw new MissingFunctionError(name, choice, needed);
  return library.func(foreignPrototype(prototype, abi.handle)) as AnyFunction;
}

function nameOf(prototype: string): string {
  return prototype.slice(prototype.indexOf(' ') + 1, prototype.indexOf('('));
}
