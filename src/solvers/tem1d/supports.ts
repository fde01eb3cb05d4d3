/** Models that cannot work, found in the study file before any case exists. */
import { InputError } from '../../errors/input-error.js';
import type { ColumnSupport } from '../../study/solver.js';
import { greatestDepth, greatestResistivity, leastResistivity, type ModelColumns } from './columns.js';

/** Throws InputError when a literal is impossible, or when no value of a range is possible. */
export function checkSupports(columns: ModelColumns, supports: readonly ColumnSupport[]): void {
  const { resistivities, geometry, layering } = columns;
  const given = supports.find(({ name }) => name === resistivities.name);
  if (given) {
    checkRange(given, leastResistivity, greatestResistivity, 'a resistivity from 1e-9 to 1e15 ohm m');
  }
  const layers = geometry && supports.find(({ name }) => name === geometry.name);
  if (!layers) return;
  if (layering === 'thicknesses') {
    checkRange(layers, Number.MIN_VALUE, greatestDepth, 'a thickness above 0 and at most 1e9 m');
    return;
  }
  if (layering === 'depths') checkTop(layers);
  checkRange(layers, layering === 'depths' ? 0 : Number.MIN_VALUE, greatestDepth, 'a depth from 0 to 1e9 m');
  layers.min.forEach((_, i) => {
    // Even the shallowest top lies below the deepest boundary: no choice of the two can increase.
    if (i === 0 || (layers.max[i] as number) > (layers.min[i - 1] as number)) return;
    throw refusal(layers, i, 'depths do not increase', `more than the depth before it, ${layers.min[i - 1]}`);
  });
}

function checkRange(support: ColumnSupport, least: number, greatest: number, expected: string): void {
  support.min.forEach((min, i) => {
    const max = support.max[i] as number;
    const isImpossible = !(max >= least && min <= greatest);
    // The ends of a distribution without bounds never occur; one that is only positive ends at the smallest number.
    const isOpenBelow = min === Number.NEGATIVE_INFINITY || min === Number.MIN_VALUE;
    const hasBadEnd =
      support.isTight && ((!isOpenBelow && min < least) || (Number.isFinite(max) && max > greatest));
    if (isImpossible || hasBadEnd) throw refusal(support, i, 'a value that no model can have', expected);
  });
}

function checkTop(support: ColumnSupport): void {
  const [min, max] = [support.min[0] as number, support.max[0] as number];
  const isZero = support.isTight ? min === 0 && max === 0 : min <= 0 && max >= 0;
  if (!isZero) throw refusal(support, 0, 'the first layer begins at the surface', '0');
}

function refusal(support: ColumnSupport, index: number, message: string, expected: string): InputError {
  const { file, line, field } = support;
  const [min, max] = [support.min[index], support.max[index]];
  return new InputError(message, {
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
    field: support.min.length > 1 ? `${field}[${index}]` : field,
    expected,
    given: min === max ? String(min) : `${min} to ${max}`,
  });
}
