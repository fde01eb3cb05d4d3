/** Every n-body contribution as a weighted sum of calculations. */
import { subsets } from '../combinations.js';
import type { Cluster } from '../expansion/clusters.js';
import { wholeCluster } from '../expansion/tasks.js';
import type { Bsse, Level } from '../input.js';
import { formatLabel } from '../label.js';
import type { ManyBodyPlan } from '../plan.js';

/** What level n adds to what is known through the levels below it. */
export interface Contribution {
  readonly nbody: number;
  readonly level: Level;
  /** The n-mers whose contributions it is the sum of. */
  readonly clusters: readonly Cluster[];
  /** Weights of calculations by label, in one order; the sum over some of the clusters. */
  weightsOf(clusters: readonly Cluster[]): ReadonlyMap<string, number>;
}

/**
 * Inclusion and exclusion over the n-mers J that are kept: the sum over their parts I of (-1)^(n - |I|) X(I), in the
 * basis that the treatment prescribes. Where all n-mers are kept this is what sums with binomial weights give; those
 * hold for complete levels only.
 */
export function contributionsOf(plan: ManyBodyPlan, bsse: Bsse): readonly Contribution[] {
  const { input, clusters } = plan;
  const whole = wholeCluster(input);
  return input.levels.flatMap((level): Contribution[] => {
    const { modelChemistry } = level;
    if (level.kind === 'supersystem') {
      const weightsOf = (): ReadonlyMap<string, number> => beyond(plan, modelChemistry, whole);
      return [{ nbody: whole.length, level, clusters: [whole], weightsOf }];
    }
    const nbodies = input.supersystemIeOnly ? [1, whole.length] : level.nbodies;
    return nbodies.map((nbody): Contribution => {
      const parts = input.supersystemIeOnly ? wholeAndMonomers : signedParts;
      const basisOf = nbody === 1 ? (cluster: Cluster) => cluster : basisRule(bsse, whole);
      const isSkipped = nbody === 1 && !hasTotals(plan, bsse);
      return {
        nbody,
        level,
        clusters: isSkipped ? [] : input.supersystemIeOnly && nbody > 1 ? [whole] : clusters.kept[nbody]!,
        weightsOf: (chosen) => collect(chosen, modelChemistry, parts, basisOf),
      };
    });
  });
}

/**
 * Whether totals are known, and not only interactions: under `cp`, monomers in their own basis are computed for totals
 * alone, unless `nocp` needs them.
 */
export function hasTotals({ input, bsse: analysed }: ManyBodyPlan, bsse: Bsse): boolean {
  if (bsse !== 'cp') return true;
  return input.returnTotalData || (analysed.includes('nocp') && !input.supersystemIeOnly);
}

type SignedPart = readonly [part: Cluster, sign: number];

function signedParts(cluster: Cluster): SignedPart[] {
  return subsets(cluster).map((part) => [part, (cluster.length - part.length) % 2 === 0 ? 1 : -1]);
}

/** Without the levels between: what all fragments together have more than each alone. */
function wholeAndMonomers(cluster: Cluster): SignedPart[] {
  if (cluster.length === 1) return [[cluster, 1]];
  return [...cluster.map((fragment): SignedPart => [[fragment], -1]), [cluster, 1]];
}

/** Fragments in whose basis the part `real` of `cluster` is computed. */
type BasisRule = (cluster: Cluster, part: Cluster) => Cluster;

function basisRule(bsse: Bsse, whole: Cluster): BasisRule {
  switch (bsse) {
    case 'nocp':
      return (_, part) => part;
    case 'cp':
      return () => whole;
    case 'vmfc':
      return (cluster) => cluster;
    default:
      return bsse satisfies never;
  }
}

function collect(
  clusters: readonly Cluster[],
  modelChemistry: string,
  partsOf: (cluster: Cluster) => SignedPart[],
  basisOf: BasisRule,
  weights = new Map<string, number>(),
  factor = 1,
): ReadonlyMap<string, number> {
  for (const cluster of clusters) {
    for (const [part, sign] of partsOf(cluster)) {
      const label = formatLabel(modelChemistry, part, basisOf(cluster, part));
      weights.set(label, (weights.get(label) ?? 0) + sign * factor);
    }
  }
  return weights;
}

/** The whole cluster less its expansion at the same level of theory, in the natural basis whatever the treatment. */
function beyond(
  { clusters: { kept }, input: { maxNbody } }: ManyBodyPlan,
  modelChemistry: string,
  whole: Cluster,
): ReadonlyMap<string, number> {
  const weights = new Map([[formatLabel(modelChemistry, whole, whole), 1]]);
  for (let size = 1; size <= maxNbody; size++) {
    collect(kept[size]!, modelChemistry, signedParts, (_, part) => part, weights, -1);
  }
  return weights;
}
