/** The n-mers that an expansion is made of: all of them, or those that cutoffs and screening keep. */
import { binomial } from '../combinations.js';
import type { FragmentedMolecule, ManyBodyInput } from '../input.js';
import { fragmentDistances } from './distances.js';

/** Fragments of one n-mer, ascending, from 1. */
export type Cluster = readonly number[];

export interface Clusters {
  /** For n from 1 (at index 1; index 0 is empty) to the highest number of bodies. */
  readonly kept: readonly (readonly Cluster[])[];
  /** How many n-mers are left out, at the same indices. */
  readonly omittedCounts: readonly number[];
}

/**
 * An n-mer is kept when each of its parts is, so that its contribution never lacks one of a lower order, and when neither
 * cutoff nor screening rejects it. Grown from the kept (n-1)-mers: what is far apart is never enumerated.
 */
export function clustersOf(input: ManyBodyInput): Clusters {
  const { molecule, maxNbody } = input;
  const fragmentCount = molecule.fragments.length;
  const acceptance = acceptanceOf(input);
  const kept: Cluster[][] = [[], Array.from({ length: fragmentCount }, (_, i) => [i + 1])];
  for (let size = 2; size <= maxNbody; size++) {
    kept.push(grow(kept[size - 1]!, fragmentCount, acceptance));
  }
  const omittedCounts = kept.map((clusters, size) =>
    size === 0 ? 0 : binomial(fragmentCount, size) - clusters.length,
  );
  return { kept, omittedCounts };
}

/** Key of a cluster in sets and maps. */
export function clusterKey(cluster: Cluster): string {
  return cluster.join();
}

interface Acceptance {
  readonly kind: 'all' | 'some';
  accepts(cluster: Cluster): boolean;
}

function grow(smaller: readonly Cluster[], fragmentCount: number, { kind, accepts }: Acceptance): Cluster[] {
  const known = kind === 'some' ? new Set(smaller.map(clusterKey)) : undefined;
  const grown: Cluster[] = [];
  for (const cluster of smaller) {
    for (let next = cluster.at(-1)! + 1; next <= fragmentCount; next++) {
      const larger = [...cluster, next];
      if (known && !partsAreKnown(larger, known)) continue;
      if (accepts(larger)) grown.push(larger);
    }
  }
  return grown;
}

/** Whether all parts that lack one fragment are kept; the part without the last one is what `cluster` grew from. */
function partsAreKnown(cluster: Cluster, known: ReadonlySet<string>): boolean {
  for (let left = 0; left < cluster.length - 1; left++) {
    if (!known.has(clusterKey(cluster.filter((_, i) => i !== left)))) return false;
  }
  return true;
}

function acceptanceOf({ molecule, cutoffs, screening }: ManyBodyInput): Acceptance {
  if (!cutoffs && !screening) return { kind: 'all', accepts: () => true };
  const isNear = cutoffs ? nearness(molecule, cutoffs.distances, cutoffs.measure) : () => true;
  const isWorthwhile = (cluster: Cluster): boolean => {
    const contribution = screening?.contributions[clusterKey(cluster)];
    return contribution === undefined || Math.abs(contribution) >= screening!.threshold;
  };
  return { kind: 'some', accepts: (cluster) => isNear(cluster) && isWorthwhile(cluster) };
}

function nearness(
  molecule: FragmentedMolecule,
  limits: Readonly<Record<number, number>>,
  measure: 'atoms' | 'centres',
): (cluster: Cluster) => boolean {
  const distance = fragmentDistances(molecule, measure);
  return (cluster) => {
    const limit = limits[cluster.length];
    return limit === undefined || extent(cluster, distance) <= limit;
  };
}

/** The longest distance between two fragments of a cluster. */
export function extent(cluster: Cluster, distance: (left: number, right: number) => number): number {
  let longest = 0;
  for (let i = 1; i < cluster.length; i++) {
    for (let j = 0; j < i; j++) longest = Math.max(longest, distance(cluster[j]!, cluster[i]!));
  }
  return longest;
}
