/** Results of calculations become the quantities of the whole cluster. */
import type { Cluster } from '../expansion/clusters.js';
import type { Bsse, Level } from '../input.js';
import { atomsOf } from '../molecule.js';
import type { ManyBodyPlan } from '../plan.js';
import type { Driver, ManyBodyTask, TaskResult } from '../task.js';
import { type Contribution, contributionsOf, hasTotals } from './contributions.js';
import { addProduct, addWide, rounded, type WideSum, wideZero } from './sum.js';

/** Energies, or their derivatives by the places of all atoms; see `Assembly.lengthOf`. */
export type Value = Float64Array;

export interface Assembly {
  readonly plan: ManyBodyPlan;
  readonly results: ReadonlyMap<string, TaskResult>;
  /** The energy first, then derivatives: what the driver needs, and what all results have beyond that. */
  readonly properties: readonly PropertyAssembly[];
  /** Calculations without a result, or whose result lacks what the driver needs. In the order of the plan. */
  readonly missing: readonly ManyBodyTask[];
}

export interface PropertyAssembly {
  readonly property: Driver;
  readonly treatments: ReadonlyMap<Bsse, Treatment>;
  /** Total or interaction, by the first treatment; absent where calculations are missing. */
  readonly returned?: Value;
}

/** One treatment of the basis-set superposition error. */
export interface Treatment {
  readonly bsse: Bsse;
  /** False where only interactions are known: then the one-body total is 0, and the others lack it. */
  readonly hasTotals: boolean;
  /** Ascending. */
  readonly bodies: readonly Body[];
}

export interface Body {
  readonly nbody: number;
  readonly level: Level;
  /** Absent where calculations are missing. */
  readonly contribution?: Value;
  /** Sum of all contributions up to this one. */
  readonly total?: Value;
  /** The same without that of one body. */
  readonly interaction?: Value;
  /** What is known of a contribution that lacks calculations. */
  readonly partial?: { readonly lacking: readonly Cluster[]; readonly count: number; readonly sum: Value };
}

const order: readonly Driver[] = ['energy', 'gradient', 'hessian'];

/** `results` by label; those that the plan does not name are not looked at. Bits do not depend on their order. */
export function assemble(plan: ManyBodyPlan, results: ReadonlyMap<string, TaskResult>): Assembly {
  const needed = order.slice(0, order.indexOf(plan.input.driver) + 1);
  const isThere = (property: Driver) => (task: ManyBodyTask) => has(results.get(task.label), property);
  const further = order.filter(
    (property) => !needed.includes(property) && plan.tasks.length > 0 && plan.tasks.every(isThere(property)),
  );
  return {
    plan,
    results,
    properties: [...needed, ...further].map((property) => assembleProperty(plan, results, property)),
    missing: plan.tasks.filter((task) => !needed.every((property) => isThere(property)(task))),
  };
}

/** Numbers that a property has for so many atoms. */
export function lengthOf(property: Driver, atomCount: number): number {
  switch (property) {
    case 'energy':
      return 1;
    case 'gradient':
      return 3 * atomCount;
    case 'hessian':
      return (3 * atomCount) ** 2;
    default:
      return property satisfies never;
  }
}

function assembleProperty(
  plan: ManyBodyPlan,
  results: ReadonlyMap<string, TaskResult>,
  property: Driver,
): PropertyAssembly {
  const summing: Summing = { plan, results, property, places: placesIn(plan, property) };
  const treatments = new Map(plan.bsse.map((bsse) => [bsse, treat(summing, bsse)]));
  const last = treatments.get(plan.input.bsse[0]!)!.bodies.at(-1)!;
  const returned = plan.input.returnTotalData ? last.total : last.interaction;
  return { property, treatments, ...(returned && { returned }) };
}

function treat(summing: Summing, bsse: Bsse): Treatment {
  const length = lengthOf(summing.property, summing.plan.input.molecule.symbols.length);
  let total: WideSum | undefined = wideZero(length);
  let interaction: WideSum | undefined = wideZero(length);
  const bodies = contributionsOf(summing.plan, bsse).map((contribution): Body => {
    const { nbody, level } = contribution;
    const sum = weightedSum(summing, contribution.weightsOf(contribution.clusters), length);
    total = plus(total, sum);
    if (nbody > 1) interaction = plus(interaction, sum);
    return {
      ...{ nbody, level },
      ...(sum ? { contribution: rounded(sum) } : { partial: partialOf(summing, contribution, length) }),
      ...(total && { total: rounded(total) }),
      ...(interaction && { interaction: rounded(interaction) }),
    };
  });
  return { bsse, hasTotals: hasTotals(summing.plan, bsse), bodies };
}

interface Summing {
  readonly plan: ManyBodyPlan;
  readonly results: ReadonlyMap<string, TaskResult>;
  readonly property: Driver;
  /** Where each number of a result belongs in the whole cluster's, by the label of the calculation. */
  readonly places: (label: string) => Int32Array;
}

/** Undefined where a result is missing. */
function weightedSum(
  { results, property, places }: Summing,
  weights: ReadonlyMap<string, number>,
  length: number,
): WideSum | undefined {
  const sum = wideZero(length);
  for (const [label, weight] of weights) {
    if (weight === 0) continue;
    const values = valuesOf(results.get(label), property);
    if (!values) return undefined;
    const into = places(label);
    for (let i = 0; i < into.length; i++) addProduct(sum, into[i]!, weight, values[i]!);
  }
  return sum;
}

function partialOf(
  summing: Summing,
  { clusters, weightsOf }: Contribution,
  length: number,
): NonNullable<Body['partial']> {
  const isWhole = (cluster: Cluster): boolean =>
    [...weightsOf([cluster]).keys()].every((label) => has(summing.results.get(label), summing.property));
  const lacking = new Set(clusters.filter((cluster) => !isWhole(cluster)));
  const others = clusters.filter((cluster) => !lacking.has(cluster));
  const sum = weightedSum(summing, others.length > 0 ? weightsOf(others) : new Map(), length)!;
  return { lacking: [...lacking], count: clusters.length, sum: rounded(sum) };
}

function plus(sum: WideSum | undefined, added: WideSum | undefined): WideSum | undefined {
  if (!sum || !added) return undefined;
  const result = { high: sum.high.slice(), low: sum.low.slice() };
  addWide(result, added);
  return result;
}

function has(result: TaskResult | undefined, property: Driver): boolean {
  return result !== undefined && result[property] !== undefined;
}

export function valuesOf(result: TaskResult | undefined, property: Driver): Float64Array | undefined {
  if (!result) return undefined;
  return property === 'energy' ? Float64Array.of(result.energy) : result[property];
}

/** Rows of ghosts are kept: they are forces on basis functions, which move with the atoms of their fragment. */
export function placesIn(plan: ManyBodyPlan, property: Driver): (label: string) => Int32Array {
  const byLabel = new Map(plan.tasks.map((task) => [task.label, task.basis]));
  const known = new Map<string, Int32Array>();
  const atomCount = plan.input.molecule.symbols.length;
  return (label) => {
    const basis = byLabel.get(label)!;
    const key = basis.join();
    let places = known.get(key);
    if (!places) {
      places = placesOf(property, atomsOf(plan.input, basis), atomCount);
      known.set(key, places);
    }
    return places;
  };
}

function placesOf(property: Driver, atoms: readonly number[], atomCount: number): Int32Array {
  const coordinates = atoms.flatMap((atom) => [3 * atom, 3 * atom + 1, 3 * atom + 2]);
  switch (property) {
    case 'energy':
      return Int32Array.of(0);
    case 'gradient':
      return Int32Array.from(coordinates);
    case 'hessian':
      return Int32Array.from(
        coordinates.flatMap((row) => coordinates.map((column) => 3 * atomCount * row + column)),
      );
    default:
      return property satisfies never;
  }
}
