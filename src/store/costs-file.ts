/** `costs.json`: what a run learned of the times of cases, for the runs after it. Results never depend on it. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { LearnedCosts } from '../schedule/costs.js';
import type { KeptCosts } from '../schedule/kept-costs.js';
import type { StudyCost } from '../study/study.js';
import { writeFileAtomic } from './atomic-file.js';

export const costsName = 'costs.json';

const schemaVersion = 1;

/** What costs are costs of. */
export interface CostSubject {
  /** Identity of the kernel: its name, version, form and source. */
  readonly kernel: string;
  readonly cost: StudyCost | undefined;
  /** Digest of what else makes cases longer or shorter: settings, shared data, threads. */
  readonly conditions: string;
}

export type CostsReading =
  | { readonly kind: 'missing' }
  /** In words, for a notice. */
  | { readonly kind: 'unfit'; readonly reason: string }
  | { readonly kind: 'costs'; readonly costs: KeptCosts; readonly at: string; readonly host: string }
  /** Under other conditions cases take other times, but depend on their features alike. */
  | { readonly kind: 'learned'; readonly learned: LearnedCosts };

/** Throws EnvironmentError where the file cannot be written. */
export function writeCosts(path: string, subject: CostSubject, costs: KeptCosts): void {
  const { kernel, cost, conditions } = subject;
  const { learned, ...rest } = costs;
  const document = {
    ...{ schemaVersion, kernel, cost: cost ?? null, conditions },
    ...{ at: new Date().toISOString(), host: hostname() },
    ...rest,
    ...(learned && { learned: plain(learned) }),
  };
  writeFileAtomic(path, `${JSON.stringify(document, null, 2)}\n`);
}

/** Never throws: a file that cannot be used is one that was lost. */
export function readCosts(path: string, subject: CostSubject): CostsReading {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? { kind: 'missing' } : { kind: 'unfit', reason: message };
  }
  try {
    return reading(JSON.parse(text) as unknown, subject);
  } catch {
    return { kind: 'unfit', reason: 'it is not JSON' };
  }
}

function reading(value: unknown, subject: CostSubject): CostsReading {
  if (!isRecord(value) || typeof value.schemaVersion !== 'number') return unfit('it is no file of costs');
  if (value.schemaVersion > schemaVersion) return unfit('a newer version of this program wrote it');
  if (JSON.stringify(value.cost) !== JSON.stringify(subject.cost ?? null)) {
    return unfit('it was learned with another `cost` in the study');
  }
  if (value.kernel !== subject.kernel) return unfit('it is of another kernel');
  const costs = costsIn(value, subject.cost?.kind === 'features' ? subject.cost.formulas.length : undefined);
  if (!costs || typeof value.at !== 'string' || typeof value.host !== 'string') {
    return unfit('its numbers are damaged');
  }
  if (value.conditions === subject.conditions) {
    return { kind: 'costs', costs, at: value.at, host: value.host };
  }
  return costs.learned ? { kind: 'learned', learned: costs.learned } : { kind: 'missing' };
}

function unfit(reason: string): CostsReading {
  return { kind: 'unfit', reason };
}

function costsIn(
  { blocks, cases, msPerUnit, scatter, learned }: Readonly<Record<string, unknown>>,
  featureCount: number | undefined,
): KeptCosts | undefined {
  if (!isCount(blocks) || !isCount(cases) || !isPositive(msPerUnit)) return undefined;
  if (scatter !== undefined && !isAmount(scatter)) return undefined;
  const costs = { blocks, cases, msPerUnit, ...(scatter !== undefined && { scatter }) };
  if (featureCount === undefined) return learned === undefined ? costs : undefined;
  const found = learnedIn(learned, featureCount);
  return found && { ...costs, learned: found };
}

function learnedIn(value: unknown, features: number): LearnedCosts | undefined {
  if (!isRecord(value) || !isRecord(value.deviations)) return undefined;
  const { exponents, centre, deviations } = value;
  const { results, xx, xy, yy } = deviations;
  if (!areNumbers(exponents, features) || !areNumbers(centre, features)) return undefined;
  if (!areNumbers(xx, features ** 2) || !areNumbers(xy, features)) return undefined;
  if (!isAmount(results) || !isAmount(yy)) return undefined;
  return { exponents, centre, deviations: { results, xx, xy, yy } };
}

function plain({ exponents, centre, deviations }: LearnedCosts): unknown {
  const { results, xx, xy, yy } = deviations;
  return {
    ...{ exponents: Array.from(exponents), centre: Array.from(centre) },
    deviations: { results, xx: Array.from(xx), xy: Array.from(xy), yy },
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value);
}

function isPositive(value: unknown): value is number {
  return isAmount(value) && value > 0;
}

function isCount(value: unknown): value is number {
  return isPositive(value) && Number.isSafeInteger(value);
}

function areNumbers(value: unknown, length: number): value is readonly number[] {
  return Array.isArray(value) && value.length === length && value.every(Number.isFinite);
}
