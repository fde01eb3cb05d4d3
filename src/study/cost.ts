/** The section `cost`: what the scheduler may know of cases before they are computed. Changes no result. */
import type { CostModel } from '../schedule/costs.js';
import type { CasePlanDetail } from './cases/plan.js';
import type { StudyFile } from './document/places.js';
import { checkedFormula, formulaEvaluator } from './formulas.js';
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
    return { kind: 'known', formula: checkedFormula(file, ['cost'], section, plan) };
  }
  const formulas = section.features.map((feature, i) =>
    checkedFormula(file, ['cost', 'features', i], feature, plan),
  );
  return { kind: 'features', formulas };
}

/** Evaluates the costs of cases from their indices; undefined for a study that says nothing of them. */
export function createCostModel({ cost, cases }: Study): CostModel | undefined {
  if (!cost) return undefined;
  if (cost.kind === 'known') {
    const evaluate = formulaEvaluator(cases, [cost.formula]);
    return { kind: 'known', costs: (first, count) => evaluate(first, count)[0]! };
  }
  const features = formulaEvaluator(cases, cost.formulas);
  return { kind: 'features', featureCount: cost.formulas.length, features };
}
