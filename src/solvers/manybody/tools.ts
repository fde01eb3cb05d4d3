/** `manybody plan` and `manybody assemble`. */
import { resolve } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import type { StudyFile } from '../../study/document/places.js';
import { readText } from '../../study/document/read.js';
import { evaluatedFile } from '../../study/document/value.js';
import type { SolverTool } from '../../study/solver.js';
import { assemble } from './assembly/assemble.js';
import { readComponents } from './assembly/components.js';
import { formatAssembly } from './assembly/report.js';
import { manyBodyResult } from './assembly/result.js';
import { loadManyBodyInput } from './input/load.js';
import { planManyBody } from './plan.js';
import { formatPlan, planDocument } from './plan-report.js';

const inputWords =
  'File of the expansion: ManyBodyInput of QCSchema 1 or 2 as JSON, or the friendly form as YAML or JSON.';

export const manyBodyTools: readonly SolverTool[] = [
  {
    name: 'manybody plan',
    describe:
      'Says which calculations a many-body expansion needs and what they are likely to cost; runs nothing.',
    positionals: { INPUT: inputWords },
    options: {},
    async run({ INPUT: path = '' }, { folder }) {
      const plan = planManyBody(await loadManyBodyInput(path, folder));
      return {
        text: () => formatPlan(plan),
        json: () => planDocument(plan),
        notes: [],
        isComplete: true,
      };
    },
  },
  {
    name: 'manybody assemble',
    describe:
      'Assembles a many-body expansion from results that were computed elsewhere. Where some are missing it says ' +
      'which, gives what is known without them, and ends with exit code 1.',
    positionals: { INPUT: inputWords },
    options: {
      results: {
        describe: 'JSON file: labels of calculations with {energy, gradient, hessian}, in atomic units.',
        value: 'FILE',
      },
    },
    async run({ INPUT: path = '', results }, { folder, version }) {
      if (results === undefined) {
        throw new InputError('manybody assemble needs --results', {
          expected: '--results FILE: labels with {energy, gradient, hessian}',
        });
      }
      const plan = planManyBody(await loadManyBodyInput(path, folder));
      const components = readComponents(await readJson(results, folder), plan);
      const assembly = assemble(plan, components.results);
      const { notes } = components;
      return {
        text: () => formatAssembly(assembly),
        json: () => manyBodyResult(assembly, { version, notes }),
        notes,
        isComplete: assembly.missing.length === 0,
      };
    },
  },
];

/** Such files may be large: a reader that knows the line of every number would take a minute. */
async function readJson(path: string, folder: string): Promise<StudyFile> {
  const absolute = resolve(folder, path);
  const text = await readText(absolute, path);
  try {
    return evaluatedFile({ path: absolute, shown: path, text, value: JSON.parse(text) });
  } catch (error) {
    throw new InputError('Not JSON', { file: path, given: (error as Error).message }, { cause: error });
  }
}
