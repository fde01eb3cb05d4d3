/** The section `cost`: what the scheduler may know of cases before they are computed. Changes no result. */
import type { Columns } from '../codec/columns.js';
import type { CostModel } from '../schedule/costs.js';
import { createCaseSpace } from './case-space.js';
import type { CasePlanDetail } from './cases/plan.js';
import { slotTable } from './cases/scope.js';
import type { FieldPath, StudyFile } from './document/places.js';
import { placed, problem } from './document/problem.js';
import { resolveExpression } from './expression/resolve.js';
import type { StudyDocument } from './schema.js';
import type { Study, StudyCost } from './study.js';

/** Throws InputError for a formula that names what the study does not have, or that is no single number. */
export function resolveCost(
  file: StudyFile,
  section: StudyDocument['cost'],
  plan: CasePlanDetail,
): StudyCost | undefined {
  if (section === undefined) return undefined;
  if (typeof section !== 'object') {
    return { kind: 'known', formula: checked(file, ['cost'], section, plan) };
  }
  const formulas = section.features.map((feature, i) =>
    checked(file, ['cost', 'features', i], feature, plan),
  );
  return { kind: 'features', formulas };
}

function checked(
  file: StudyFile,
  path: FieldPath,
  value: string | number,
  { columns }: CasePlanDetail,
): string {
  const text = String(value);
  const { isVector } = placed(file, path, () => resolveExpression(text, slotTable(columns).scope));
  if (isVector) {
    throw problem(file, path, 'A vector as a cost', { expected: 'one number a case', given: `'${text}'` });
  }
  return text;
}

/** Evaluates the costs of cases from their indices; undefined for a study that says nothing of them. */
export function createCostModel({ cost, cases }: Study): CostModel | undefined {
  if (!cost) return undefined;
  const formulas = cost.kind === 'known' ? [cost.formula] : cost.formulas;
  // Names that no parameter can have: formulas see the columns of the study and not each other.
  const names = formulas.map((_, i) => `cost ${i}`);
  const plan = cases as CasePlanDetail;
  const space = createCaseSpace({
    ...plan,
    columns: [...plan.columns, ...names.map((name) => ({ name, dtype: 'float64', shape: [] }) as const)],
    derived: [...plan.derived, ...formulas.map((text) => ({ elements: [{ text, element: 0 }] }))],
  });
  const numbers = (columns: Columns): Float64Array[] => names.map((name) => columns[name] as Float64Array);
  if (cost.kind === 'known') {
    return { kind: 'known', costs: (first, count) => numbers(space.fill(first, count))[0]! };
  }
  return {
    kind: 'features',
    featureCount: formulas.length,
    features: (first, count) => numbers(space.fill(first, count)),
  };
}
