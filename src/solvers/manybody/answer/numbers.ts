/** The numbers of a run by which it is held against another of the same input. */
import type { RunNumbers, SolverRow } from '../../../study/solver.js';
import { parseLabel, prettyLabel } from '../label.js';
import { labelColumn } from '../study.js';

const drivers = ['energy', 'gradient', 'hessian'] as const;

/** Of each calculation, then of what they add up to. `answer` reads a file of the folder `answer`. */
export function* numbersOf(
  rows: Iterable<SolverRow>,
  answer: (file: string) => string,
): Generator<RunNumbers> {
  for (const { inputs, outputs } of rows) {
    if (!outputs) continue;
    const { modelChemistry, real, basis } = parseLabel(inputs[labelColumn] as string);
    const place = prettyLabel(modelChemistry, real, basis);
    for (const driver of drivers) {
      const values = valuesOf(outputs[driver]);
      if (values) yield { quantity: `${driver} of calculations`, place, values };
    }
  }
  const { properties } = JSON.parse(answer('result.json')) as { properties: Record<string, unknown> };
  yield* assembledNumbers(properties);
}

/** Of the properties of a ManyBodyResult. */
export function* assembledNumbers(properties: Readonly<Record<string, unknown>>): Generator<RunNumbers> {
  for (const [place, value] of Object.entries(properties)) {
    const values = place.startsWith('calcinfo_') ? undefined : valuesOf(value);
    const driver = drivers.findLast((name) => place.includes(name));
    if (values && driver) yield { quantity: `assembled ${driver}`, place, values };
  }
}

/** Arrays may be nested, row by row. */
function valuesOf(value: unknown): ArrayLike<number> | undefined {
  if (typeof value === 'number') return [value];
  if (value instanceof Float64Array) return value;
  return Array.isArray(value) ? (value.flat(3) as number[]) : undefined;
}
