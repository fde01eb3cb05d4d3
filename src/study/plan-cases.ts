/** The case plan of a study document: its columns, how many cases there are, and how each follows from its index. */
import { dirname, resolve } from 'node:path';
import type { CasePlanDetail } from './cases/plan.js';
import { resolveDerived } from './derived.js';
import type { FieldPath, StudyFile } from './document/places.js';
import { atField, problem } from './document/problem.js';
import { readText } from './document/read.js';
import type { Draft } from './draft.js';
import { addCases, addTable } from './lists.js';
import { addParameter } from './parameters.js';
import { permutationSizeLimit } from './sampling/permutation.js';
import { sobolDimensions, sobolPoints } from './sampling/sobol.js';
import type { SamplePlan } from './sampling/uniforms.js';
import type { StudyDocument } from './schema.js';
import { parseTable } from './table.js';

export interface PlannedCases {
  readonly plan: CasePlanDetail;
  /** Where the study file gives each column, in the order of `plan.columns`. */
  readonly paths: readonly FieldPath[];
}

export async function planCases(file: StudyFile, document: StudyDocument): Promise<PlannedCases> {
  const draft: Draft = { file, columns: [], axes: [], dimensions: 0 };
  // The table or the list of cases is the slowest axis, whatever the order of the sections.
  if (document.table !== undefined && document.cases !== undefined) {
    throw problem(file, ['cases'], 'Give either table or cases: both list the cases one by one', {}, 'key');
  }
  if (document.table !== undefined) {
    const path = resolve(dirname(file.path), document.table);
    addTable(draft, parseTable(await readTable(file, path, document.table), document.table));
  }
  if (document.cases !== undefined) addCases(draft, document.cases);
  for (const [name, input] of Object.entries(document.parameters)) addParameter(draft, name, input);
  const derived = resolveDerived(draft, document.derived);
  const sample = sampleOf(draft, document.sample);
  const isGrid =
    draft.axes.length > 0 && !sample && document.table === undefined && document.cases === undefined;
  const plan: CasePlanDetail = {
    count: countCases(draft, sample),
    columns: [...draft.columns, ...derived].map(({ spec }) => spec),
    ...(isGrid && { gridShape: draft.axes }),
    axes: draft.axes,
    sample,
    sources: draft.columns.map(({ source }) => source),
    derived: derived.map((column) => column.derived),
  };
  return { plan, paths: [...draft.columns, ...derived].map(({ path }) => path) };
}

async function readTable(file: StudyFile, path: string, shown: string): Promise<string> {
  return readText(path, shown).catch((error: unknown) => {
    throw atField(file, ['table'], error);
  });
}

function sampleOf(draft: Draft, sample: StudyDocument['sample']): SamplePlan | null {
  if (!sample) {
    const drawn = draft.columns.find(({ source }) => source.kind === 'draw');
    if (!drawn) return null;
    throw problem(draft.file, drawn.path, 'A distribution, but no sample', {
      expected: 'a section `sample` with a count',
      hint: 'Add, for example, sample: { count: 1000, seed: 1 }',
    });
  }
  if (draft.dimensions === 0) {
    throw problem(
      draft.file,
      ['sample'],
      'A sample, but no parameter with a distribution',
      {
        expected: 'a parameter with uniform, loguniform, normal or lognormal',
      },
      'key',
    );
  }
  if (sample.method === 'sobol' && draft.dimensions > sobolDimensions) {
    throw problem(draft.file, ['sample', 'method'], 'Too many drawn values for Sobol points', {
      expected: `at most ${sobolDimensions}`,
      given: String(draft.dimensions),
      hint: 'Use lhs or random',
    });
  }
  if (sample.method === 'sobol' && sample.count > sobolPoints) {
    throw problem(draft.file, ['sample', 'count'], 'Too many Sobol points', {
      expected: 'at most 2^32',
      given: String(sample.count),
    });
  }
  if (sample.method === 'lhs' && sample.count > permutationSizeLimit) {
    throw problem(draft.file, ['sample', 'count'], 'Too many points for a Latin hypercube', {
      expected: 'at most 2^52',
      given: String(sample.count),
    });
  }
  const { count, method, seed } = sample;
  return { count, method, seed };
}

/** Case numbers are doubles: above 2^53 they would no longer be told apart. */
function countCases(draft: Draft, sample: SamplePlan | null): number {
  const extents = sample ? [...draft.axes, sample.count] : draft.axes;
  const count = extents.reduce((product, extent) => product * BigInt(extent), 1n);
  if (count > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw problem(
      draft.file,
      draft.axes.length > 0 ? ['parameters'] : ['sample', 'count'],
      'Too many cases',
      {
        expected: 'fewer than 2^53',
        given: extents.length > 1 ? `${extents.join(' × ')} = ${count}` : String(count),
      },
    );
  }
  return Number(count);
}
