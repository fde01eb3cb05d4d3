/** The section `parameters`: each entry becomes a constant, a grid axis or a distribution. */
import type { Source } from './cases/plan.js';
import type { FieldPath } from './document/places.js';
import { problem } from './document/problem.js';
import { given } from './document/words.js';
import { addColumn, type Draft, type DraftColumn, numbersSpec, textSpec } from './draft.js';
import { listColumn } from './lists.js';
import { type Distribution, keptProbability } from './sampling/distribution.js';
import type { ParameterInput } from './schema.js';

export function addParameter(draft: Draft, name: string, input: ParameterInput): void {
  addColumn(draft, columnOf(draft, name, input));
}

function columnOf(draft: Draft, name: string, input: ParameterInput): DraftColumn {
  const path = ['parameters', name];
  if (typeof input === 'number' || typeof input === 'string') return constant(draft, name, input, path);
  if (Array.isArray(input)) return axisOf(draft, name, input, path);
  if ('value' in input) return constant(draft, name, input.value, path);
  if ('values' in input) return axisOf(draft, name, input.values, [...path, 'values'], path);
  if ('linspace' in input) return spacing(draft, name, 'linspace', input.linspace, path);
  if ('logspace' in input) return spacing(draft, name, 'logspace', input.logspace, path);
  const distribution = distributionOf(draft, input, path);
  const { dimensions } = draft;
  const column: DraftColumn = {
    spec: numbersSpec(name, input.size === undefined ? [] : [input.size]),
    source: { kind: 'draw', dimension: dimensions, distribution },
    path,
  };
  draft.dimensions += input.size ?? 1;
  return column;
}

function constant(
  draft: Draft,
  name: string,
  value: number | string | readonly number[],
  path: FieldPath,
): DraftColumn {
  if (typeof value === 'string') {
    return { spec: textSpec(name), source: { kind: 'constant-text', text: value }, path };
  }
  if (typeof value === 'number') {
    const numbers = Float64Array.of(value);
    return { spec: numbersSpec(name, []), source: { kind: 'constant', numbers }, path };
  }
  if (value.length === 0) throw problem(draft.file, [...path, 'value'], 'An empty vector');
  const numbers = Float64Array.from(value);
  return { spec: numbersSpec(name, [value.length]), source: { kind: 'constant', numbers }, path };
}

type ListedValues = readonly (number | string | readonly number[])[];

function axisOf(
  draft: Draft,
  name: string,
  values: ListedValues,
  at: FieldPath,
  path: FieldPath = at,
): DraftColumn {
  if (values.length === 0) {
    throw problem(draft.file, at, 'An empty grid axis', { expected: 'at least one value' });
  }
  const axis = draft.axes.push(values.length) - 1;
  return listColumn(draft, name, axis, values, path, (row) => [...at, row]);
}

function spacing(
  draft: Draft,
  name: string,
  kind: Extract<Source, { kind: 'linspace' | 'logspace' }>['kind'],
  [start, stop, count]: readonly [number, number, number],
  path: FieldPath,
): DraftColumn {
  const at = [...path, kind];
  if (kind === 'logspace' && !(start > 0 && stop > 0)) {
    throw problem(draft.file, at, 'A logspace needs positive ends: they are values, not exponents', {
      given: given([start, stop, count]),
    });
  }
  if (start === stop && count > 1) {
    throw problem(draft.file, at, 'The ends are equal but there is more than one value', {
      given: given([start, stop, count]),
    });
  }
  const axis = draft.axes.push(count) - 1;
  return { spec: numbersSpec(name, []), source: { kind, axis, start, stop, count }, path };
}

type DistributionInput = Extract<ParameterInput, { size?: number | undefined }>;

function distributionOf(draft: Draft, input: DistributionInput, path: FieldPath): Distribution {
  if ('uniform' in input) return bounded(draft, 'uniform', input.uniform, [...path, 'uniform']);
  if ('loguniform' in input) return bounded(draft, 'loguniform', input.loguniform, [...path, 'loguniform']);
  if ('normal' in input) return withMoments(draft, 'normal', input.normal, [...path, 'normal']);
  return withMoments(draft, 'lognormal', input.lognormal, [...path, 'lognormal']);
}

function bounded(
  draft: Draft,
  kind: 'uniform' | 'loguniform',
  [min, max]: readonly [number, number],
  path: FieldPath,
): Distribution {
  if (!(min < max)) {
    throw problem(draft.file, path, 'The lower bound must be below the upper one', {
      given: given([min, max]),
    });
  }
  if (kind === 'loguniform' && min <= 0) {
    throw problem(draft.file, path, 'A loguniform distribution needs positive bounds', {
      given: given([min, max]),
    });
  }
  if (!Number.isFinite(max - min)) {
    throw problem(draft.file, path, 'The bounds are too far apart for a double', {
      given: given([min, max]),
    });
  }
  return { kind, min, max };
}

interface Moments {
  readonly mean: number;
  readonly std: number;
  readonly base?: 'e' | 10 | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

function withMoments(
  draft: Draft,
  kind: 'normal' | 'lognormal',
  input: readonly [number, number] | Moments,
  path: FieldPath,
): Distribution {
  const { mean, std, base = 'e', min, max } = 'mean' in input ? input : momentsOf(input);
  if (!(std > 0)) {
    throw problem(draft.file, path, 'The standard deviation must be positive', { given: String(std) });
  }
  if (min !== undefined && max !== undefined && !(min < max)) {
    throw problem(draft.file, path, 'min must be below max', { given: `min ${min}, max ${max}` });
  }
  if (kind === 'lognormal' && ((min ?? 1) <= 0 || (max ?? 1) <= 0)) {
    throw problem(draft.file, path, 'A lognormal value is positive: so must min and max be', {
      given: `min ${min ?? 'none'}, max ${max ?? 'none'}`,
    });
  }
  const truncation = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
  const distribution: Distribution =
    kind === 'normal' ? { kind, mean, std, ...truncation } : { kind, mean, std, base, ...truncation };
  if (keptProbability(distribution) < 1e-290) {
    throw problem(draft.file, path, 'The distribution has no probability between min and max', {
      given: `mean ${mean}, std ${std}, min ${min ?? 'none'}, max ${max ?? 'none'}`,
    });
  }
  return distribution;
}

function momentsOf([mean, std]: readonly [number, number]): Moments {
  return { mean, std };
}
