/** What values each column can take, as far as the study says it, for the checks of solvers. */
import { type ColumnSpec, elements, isNumeric } from '../codec/columns.js';
import type { CasePlanDetail, Source } from './cases/plan.js';
import { slotTable } from './cases/scope.js';
import { type FieldPath, fieldName, type StudyFile } from './document/places.js';
import { boundsOf, type SlotBounds } from './expression/bounds.js';
import { resolveExpression } from './expression/resolve.js';
import { supportOf } from './sampling/distribution.js';
import type { ColumnSupport } from './solver.js';

/** One support for each column of the plan; `paths` says where the study file gives them. */
export function supportsOf(
  file: StudyFile,
  plan: CasePlanDetail,
  paths: readonly FieldPath[],
): readonly ColumnSupport[] {
  const { scope } = slotTable(plan.columns);
  const known: SlotBounds[] = [];
  return plan.columns.map((spec, column) => {
    const source = plan.sources[column];
    const bounds = source
      ? sourceBounds(source, spec)
      : plan.derived[column - plan.sources.length]!.elements.map(({ text, element }) =>
          boundsOf(resolveExpression(text, scope).formulas[element]!, known),
        );
    if (isNumeric(spec.dtype)) known.push(...bounds);
    const place = file.locate(paths[column]!);
    return {
      name: spec.name,
      min: bounds.map(({ min }) => min),
      max: bounds.map(({ max }) => max),
      isLiteral: bounds.every(({ isLiteral }) => isLiteral),
      isTight: bounds.every(({ isTight }) => isTight),
      ...(place.file !== undefined && { file: place.file }),
      ...(place.line !== undefined && { line: place.line }),
      field: fieldName(paths[column]!),
    };
  });
}

function sourceBounds(source: Source, spec: ColumnSpec): readonly SlotBounds[] {
  const width = elements(spec);
  switch (source.kind) {
    case 'constant':
      return Array.from(source.numbers, (value) => ({
        min: value,
        max: value,
        isLiteral: true,
        isTight: true,
      }));
    case 'list':
      return Array.from({ length: width }, (_, element) => listBounds(source.numbers, width, element));
    case 'linspace':
    case 'logspace': {
      const { start, stop, count } = source;
      const last = count === 1 ? start : stop;
      return [{ min: Math.min(start, last), max: Math.max(start, last), isLiteral: true, isTight: true }];
    }
    case 'draw': {
      const [min, max] = supportOf(source.distribution);
      return Array.from({ length: width }, () => ({ min, max, isLiteral: false, isTight: true }));
    }
    case 'constant-text':
    case 'list-text':
    case 'packed-text':
      return [
        { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY, isLiteral: true, isTight: true },
      ];
    default:
      return source satisfies never;
  }
}

function listBounds(numbers: Float64Array, width: number, element: number): SlotBounds {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let at = element; at < numbers.length; at += width) {
    min = Math.min(min, numbers[at]!);
    max = Math.max(max, numbers[at]!);
  }
  return { min, max, isLiteral: true, isTight: true };
}
