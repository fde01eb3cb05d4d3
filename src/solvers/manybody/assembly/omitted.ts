/** How much the n-mers that cutoffs and screening leave out are likely to contribute. */
import { binomial, combinations } from '../combinations.js';
import { type Cluster, clusterKey, extent } from '../expansion/clusters.js';
import { fragmentDistances } from '../expansion/distances.js';
import { wholeCluster } from '../expansion/tasks.js';
import type { ManyBodyPlan } from '../plan.js';
import type { TaskResult } from '../task.js';
import { contributionsOf } from './contributions.js';

export interface Omitted {
  readonly nbody: number;
  readonly count: number;
  /** Absent where there is nothing to judge by. */
  readonly estimate?: OmittedEstimate;
}

export type OmittedEstimate =
  /** Sum of contributions at the cheaper level, hartree, of the n-mers that it covers. */
  | { readonly kind: 'cheaper level'; readonly energy: number; readonly coveredCount: number }
  /**
   * Sum of absolute sizes, hartree, by a power of the distance that fits the far half of what was kept; and of their
   * derivatives by that distance as far as the run has any, hartree/bohr and hartree/bohr².
   */
  | {
      readonly kind: 'fit';
      readonly magnitude: number;
      readonly gradient?: number;
      readonly hessian?: number;
      readonly power: number;
      readonly fittedCount: number;
    };

/** For each number of bodies of which n-mers are left out. With `results`, sizes are fitted too. */
export function omittedOf(plan: ManyBodyPlan, results?: ReadonlyMap<string, TaskResult>): readonly Omitted[] {
  return plan.clusters.omittedCounts.flatMap((count, nbody) => {
    if (count === 0) return [];
    const estimate = fromScreening(plan, nbody) ?? (results && fromDistances(plan, nbody, results));
    return [{ nbody, count, ...(estimate && { estimate }) }];
  });
}

function fromScreening({ input, clusters }: ManyBodyPlan, nbody: number): OmittedEstimate | undefined {
  if (!input.screening) return undefined;
  const kept = new Set(clusters.kept[nbody]!.map(clusterKey));
  let energy = 0;
  let coveredCount = 0;
  for (const [key, contribution] of Object.entries(input.screening.contributions)) {
    if (key.split(',').length !== nbody || kept.has(key)) continue;
    energy += contribution;
    coveredCount++;
  }
  return coveredCount > 0 ? { kind: 'cheaper level', energy, coveredCount } : undefined;
}

/** Fewer say nothing of how contributions fall off. */
const fewest = 6;

/**
 * Fits log |contribution| against log distance, by least squares over the farther half of the n-mers, where the power law
 * of the longest-ranged interaction shows; then sums it over those left out.
 */
function fromDistances(
  plan: ManyBodyPlan,
  nbody: number,
  results: ReadonlyMap<string, TaskResult>,
): OmittedEstimate | undefined {
  const distance = fragmentDistances(plan.input.molecule, 'centres');
  const points = sizesOf(plan, nbody, results)
    .map(({ cluster, size }) => [extent(cluster, distance), size] as const)
    .filter(([far, size]) => far > 0 && size > 0)
    .sort(([left], [right]) => left - right);
  const far = points.slice(Math.floor(points.length / 2));
  if (far.length < fewest) return undefined;
  const { power, factor } = fitPower(far);
  if (!(power > 0)) return undefined;
  const { driver } = plan.input;
  const sum = (constant: number, exponent: number): number =>
    sumOverOmitted(plan, nbody, (cluster) => constant * factor * extent(cluster, distance) ** -exponent);
  return {
    ...{ kind: 'fit', magnitude: sum(1, power) },
    ...(driver !== 'energy' && { gradient: sum(power, power + 1) }),
    ...(driver === 'hessian' && { hessian: sum(power * (power + 1), power + 2) }),
    ...{ power, fittedCount: far.length },
  };
}

function sizesOf(
  plan: ManyBodyPlan,
  nbody: number,
  results: ReadonlyMap<string, TaskResult>,
): readonly { readonly cluster: Cluster; readonly size: number }[] {
  const bsse = plan.input.bsse[0]!;
  const contribution = contributionsOf(plan, bsse).find(
    ({ nbody: own, level }) => own === nbody && level.kind === 'bodies',
  );
  return (contribution?.clusters ?? []).flatMap((cluster) => {
    let energy = 0;
    for (const [label, weight] of contribution!.weightsOf([cluster])) {
      const result = results.get(label);
      if (!result) return [];
      energy += weight * result.energy;
    }
    return [{ cluster, size: Math.abs(energy) }];
  });
}

function fitPower(points: readonly (readonly [distance: number, size: number])[]): {
  readonly power: number;
  readonly factor: number;
} {
  const logs = points.map(([distance, size]) => [Math.log(distance), Math.log(size)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const spread = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  return { power: -slope, factor: Math.exp(meanY - slope * meanX) };
}

/** n-mers that are looked at one by one; of more, so many are drawn. */
const mostVisited = 200_000;

function sumOverOmitted(
  { input, clusters }: ManyBodyPlan,
  nbody: number,
  sizeOf: (cluster: Cluster) => number,
): number {
  const whole = wholeCluster(input);
  const kept = new Set(clusters.kept[nbody]!.map(clusterKey));
  const count = binomial(whole.length, nbody);
  const isVisited = count <= mostVisited;
  let sum = 0;
  let seen = 0;
  for (const cluster of isVisited ? combinations(whole, nbody) : drawn(whole.length, nbody)) {
    if (kept.has(clusterKey(cluster))) continue;
    sum += sizeOf(cluster);
    seen++;
  }
  return seen === 0 ? 0 : (sum * clusters.omittedCounts[nbody]!) / seen;
}

/** The same choices in every run. */
function* drawn(fragmentCount: number, nbody: number): Generator<Cluster> {
  let state = 1;
  for (let i = 0; i < mostVisited; i++) {
    const chosen = new Set<number>();
    while (chosen.size < nbody) {
      state = (state * 48271) % 2147483647;
      chosen.add(1 + (state % fragmentCount));
    }
    yield [...chosen].sort((a, b) => a - b);
  }
}

/** One line for each number of bodies. */
export function formatOmitted(omitted: readonly Omitted[], { clusters }: ManyBodyPlan): readonly string[] {
  return omitted.map(({ nbody, count, estimate }) => {
    const what = `left out: ${count} of ${count + clusters.kept[nbody]!.length} ${nbody}-mers`;
    switch (estimate?.kind) {
      case undefined:
        return `${what}; their size is not known`;
      case 'cheaper level':
        return (
          `${what}; at the cheaper level ${estimate.coveredCount} of them ` +
          `contribute ${estimate.energy.toExponential(2)} Eh`
        );
      case 'fit':
        return (
          `${what}; about ${sizes(estimate)} if none cancel, by distance^-` +
          `${estimate.power.toFixed(1)} fitted to ${estimate.fittedCount} that were kept`
        );
      default:
        return estimate satisfies never;
    }
  });
}

function sizes({ magnitude, gradient, hessian }: Extract<OmittedEstimate, { kind: 'fit' }>): string {
  const words = [[magnitude, 'Eh'] as const, [gradient, 'Eh/a0'] as const, [hessian, 'Eh/a0^2'] as const];
  return words
    .flatMap(([size, unit]) => (size === undefined ? [] : [`${size.toExponential(1)} ${unit}`]))
    .join(', ');
}

/** For JSON. */
export function omittedDocument(omitted: readonly Omitted[]): readonly unknown[] {
  return omitted.map(({ nbody, count, estimate }) => ({ nbody, count, ...(estimate && { estimate }) }));
}
