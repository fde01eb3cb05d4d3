/** An expansion as a study: its calculations are the cases. */
import { basename, extname, resolve } from 'node:path';
import type { StudyFile } from '../../study/document/places.js';
import { readText } from '../../study/document/read.js';
import { readYaml } from '../../study/document/yaml.js';
import type { Expansion } from '../../study/solver.js';
import { predictedCost } from './cost.js';
import { solverName } from './identity.js';
import { manyBodyInputOf } from './input/load.js';
import type { ManyBodyInput } from './input.js';
import { planManyBody } from './plan.js';
import { checkPrograms } from './programs/check.js';

/** The column that says which calculation a case is. */
export const labelColumn = 'label';

/** `section` is a many-body input, QCSchema or friendly. */
export async function expandInput(section: StudyFile): Promise<Expansion> {
  const input = await manyBodyInputOf(section);
  checkPrograms(input);
  const plan = planManyBody(input);
  const retries = Object.values(input.specifications).map(({ further = [] }) => further.length);
  return {
    settings: input,
    cases: plan.tasks.map((task) => ({
      [labelColumn]: task.label,
      nbody: task.real.length,
      predicted_cost: predictedCost(plan.moleculeOf(task).symbols.length, plan.specOf(task)),
    })),
    cost: { features: ['predicted_cost'] },
    retries: Math.max(0, ...retries),
  };
}

export function inputOf(settings: unknown): ManyBodyInput {
  return settings as ManyBodyInput;
}

/** A study of nothing but this expansion; places are those in the file of the input. */
export async function studyOfInput(path: string, folder: string): Promise<StudyFile> {
  const absolute = resolve(folder, path);
  const file = readYaml(absolute, path, await readText(absolute, path));
  const { name } = await manyBodyInputOf(file);
  return {
    ...file,
    value: { name: studyName(name, path), solver: solverName, settings: file.value },
    locate: ([section, ...at], part) => file.locate(section === 'settings' ? at : [], part),
  };
}

/** Names of molecules may have what names of folders should not. */
function studyName(name: string, path: string): string {
  const plain = (text: string) => text.replace(/[^\w.-]+/g, '-').replace(/^[-.]+|-+$/g, '');
  return (name === 'molecule' ? '' : plain(name)) || plain(basename(path, extname(path))) || solverName;
}
