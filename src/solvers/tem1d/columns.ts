/** Which columns of a study are the layers, and which models can be computed. */
import { type ColumnSpec, elements } from '../../codec/columns.js';
import { InputError } from '../../errors/input-error.js';
import { type Layering, layering } from './tables.js';

export const resistivitiesName = 'resistivities';
/** Resistivities outside are no ground's, ohm m, and their squares could leave the range of doubles. */
export const leastResistivity = 1e-9;
export const greatestResistivity = 1e15;
/** Deepest boundary, m. */
export const greatestDepth = 1e9;

export interface ModelColumns {
  readonly layers: number;
  readonly layering: Layering;
  readonly resistivities: ColumnSpec;
  /** Depths or thicknesses; absent for a half-space without. */
  readonly geometry?: ColumnSpec;
}

/** Throws InputError when columns are missing or their shapes do not fit together. */
export function modelColumns(columns: readonly ColumnSpec[]): ModelColumns {
  const find = (name: string): ColumnSpec | undefined => columns.find((column) => column.name === name);
  const resistivities = find(resistivitiesName);
  if (!resistivities) {
    throw new InputError('a TEM model needs its resistivities', {
      field: 'parameters',
      expected: 'a parameter or derived value `resistivities`, one number a layer from the top, ohm m',
      given: columns.map(({ name }) => name).join(', ') || 'none',
    });
  }
  const depths = find('depths');
  const thicknesses = find('thicknesses');
  for (const column of [resistivities, depths, thicknesses]) if (column) requireNumbers(column);
  if (depths && thicknesses) {
    throw new InputError('depths and thicknesses say the same thing twice', {
      field: 'thicknesses',
      expected: 'one of them',
      given: 'both',
    });
  }
  const layers = elements(resistivities);
  const geometry = depths ?? thicknesses;
  if (!geometry) {
    if (layers === 1) return { layers, layering: 'none', resistivities };
    throw new InputError('a TEM model of several layers needs their depths', {
      field: 'parameters',
      expected: `\`depths\` of the ${layers} tops, the first 0, or ${layers - 1} \`thicknesses\`, m`,
      given: 'neither',
    });
  }
  const length = elements(geometry);
  if (depths && length === layers) return { layers, layering: 'depths', resistivities, geometry };
  if (length === layers - 1) {
    return { layers, layering: depths ? 'boundaries' : 'thicknesses', resistivities, geometry };
  }
  throw new InputError(`${geometry.name} do not fit the ${layers} resistivities`, {
    field: geometry.name,
    expected: depths ? `${layers} tops, the first 0, or ${layers - 1} boundaries` : `${layers - 1} numbers`,
    given: `${length}`,
  });
}

function requireNumbers({ name, dtype, shape }: ColumnSpec): void {
  if (dtype === 'float64' && shape.length <= 1) return;
  throw new InputError(`${name} must be a list of numbers`, {
    field: name,
    expected: 'float64, one axis',
    given: `${dtype}, shape [${shape.join(', ')}]`,
  });
}

/** What is wrong with a model, in the words of native/tem1d.c, or undefined. */
export function modelProblem(
  kind: number,
  resistivities: Float64Array,
  geometry: Float64Array,
): string | undefined {
  const isResistivity = (value: number): boolean => value >= leastResistivity && value <= greatestResistivity;
  if (!resistivities.every(isResistivity)) return 'a resistivity is not a number from 1e-9 to 1e15 ohm m';
  if (kind === layering.thicknesses) {
    return geometry.every((value) => value > 0 && value <= greatestDepth)
      ? undefined
      : 'a thickness is not a positive number of at most 1e9 m';
  }
  if (kind === layering.depths && geometry[0] !== 0)
    return 'the first depth, the top of the first layer, is not 0';
  const boundaries = kind === layering.depths ? geometry.subarray(1) : geometry;
  const isRising = boundaries.every(
    (value, i) => value > (i > 0 ? (boundaries[i - 1] as number) : 0) && value <= greatestDepth,
  );
  return isRising ? undefined : "the depths of the layers' tops do not increase, or pass 1e9 m";
}

/** Thicknesses of a model from its second column, m, `[layers - 1]`. */
export function thicknessesOf(kind: number, geometry: Float64Array): Float64Array {
  if (kind === layering.thicknesses) return geometry;
  const boundaries = kind === layering.depths ? geometry.subarray(1) : geometry;
  return boundaries.map((value, i) => value - (i > 0 ? (boundaries[i - 1] as number) : 0));
}
