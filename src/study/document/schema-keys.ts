/** The keys that a zod schema knows at a path, for suggestions. */
import type { z } from 'zod';

/** Keys of all objects that the schema allows at `path`; empty where any key is allowed. */
export function keysAt(schema: z.ZodType, path: readonly (string | number)[]): readonly string[] {
  let here = branches(schema);
  for (const step of path) here = here.flatMap((part) => childOf(part, step)).flatMap(branches);
  return [...new Set(here.flatMap((part) => ('shape' in part ? Object.keys(part.shape) : [])))];
}

/** The parts of zod's definitions that hold other schemas. */
type Definition = z.ZodType['def'] & {
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly items?: readonly z.ZodType[];
};

type ObjectOrOther = z.ZodType | (z.ZodType & { readonly shape: Readonly<Record<string, z.ZodType>> });

/** The schema without what only wraps it, a union as its options. */
function branches(schema: z.ZodType): readonly ObjectOrOther[] {
  const { innerType, in: input, options } = schema.def as Definition;
  if (options) return options.flatMap(branches);
  const inner = innerType ?? input;
  return inner ? branches(inner) : [schema];
}

function childOf(schema: ObjectOrOther, step: string | number): readonly z.ZodType[] {
  const { shape, valueType, element, items } = schema.def as Definition;
  const child = shape?.[step] ?? valueType ?? element ?? items?.[Number(step)];
  return child ? [child] : [];
}
