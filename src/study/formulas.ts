/** Formulas over a study's columns that are no parameters themselves: costs, priorities, resources. */
import type { CasePlan } from './case-space.js';
import { createCaseSpace } from './case-space.js';
import type { CasePlanDetail } from './cases/plan.js';
import { slotTable } from './cases/scope.js';
import type { FieldPath, StudyFile } from './document/places.js';
import { placed, problem } from './document/problem.js';
import { resolveExpression } from './expression/resolve.js';

/** The formula's text. Throws InputError when it names what the study does not have, or is no single number. */
export function checkedFormula(
  file: StudyFile,
  path: FieldPath,
  value: string | number,
  { columns }: CasePlanDetail,
): string {
  const text = String(value);
  const { isVector } = placed(file, path, () => resolveExpression(text, slotTable(columns).scope));
  if (!isVector) return text;
  const given = `'${text}'`;
  throw problem(file, path, 'A vector where one number is needed', { expected: 'one number a case', given });
}

/** Evaluates formulas for ranges of cases: `[formulas]`, each `[count]`; the arrays are new and the caller's. */
export function formulaEvaluator(
  cases: CasePlan,
  formulas: readonly string[],
): (first: number, count: number) => readonly Float64Array[] {
  // Names that no parameter can have: formulas see the columns of the study and not each other.
  const names = formulas.map((_, i) => `formula ${i}`);
  const plan = cases as CasePlanDetail;
  const space = createCaseSpace({
    ...plan,
    columns: [...plan.columns, ...names.map((name) => ({ name, dtype: 'float64', shape: [] }) as const)],
    derived: [...plan.derived, ...formulas.map((text) => ({ elements: [{ text, element: 0 }] }))],
  });
  return (first, count) => {
    const columns = space.fill(first, count);
    return names.map((name) => columns[name] as Float64Array);
  };
}
