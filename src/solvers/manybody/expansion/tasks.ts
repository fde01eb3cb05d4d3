/** Which calculations a level of theory needs, for each treatment of the basis-set superposition error. */
import { subsets } from '../combinations.js';
import type { Bsse, Level, ManyBodyInput } from '../input.js';
import { formatLabel } from '../label.js';
import type { ManyBodyTask } from '../task.js';
import type { Clusters } from './clusters.js';

/** Calculations by label, for each treatment; the same one may stand under several. */
export type TasksByBsse = Readonly<Record<Bsse, ReadonlyMap<string, ManyBodyTask>>>;

export function tasksOfLevel(
  level: Level,
  input: ManyBodyInput,
  bsse: readonly Bsse[],
  { kept }: Clusters,
): TasksByBsse {
  const lists = { nocp: new Map(), cp: new Map(), vmfc: new Map() } satisfies Record<
    Bsse,
    Map<string, ManyBodyTask>
  >;
  const add = (list: Bsse, real: readonly number[], basis: readonly number[]): void => {
    const label = formatLabel(level.modelChemistry, real, basis);
    if (!lists[list].has(label)) {
      lists[list].set(label, { label, modelChemistry: level.modelChemistry, real, basis });
    }
  };
  const whole = wholeCluster(input);
  const monomers = kept[1]!;
  if (level.kind === 'supersystem') {
    for (const cluster of kept.flat()) add('nocp', cluster, cluster);
    add('nocp', whole, whole);
    return lists;
  }
  if (input.supersystemIeOnly) {
    for (const real of [...monomers, whole]) {
      if (bsse.includes('nocp')) add('nocp', real, real);
      if (bsse.includes('cp')) add('cp', real, whole);
    }
  } else {
    for (const size of level.nbodies) {
      for (const cluster of kept[size]!) {
        for (const part of subsets(cluster)) {
          if (bsse.includes('nocp')) add('nocp', part, part);
          // Monomers in the basis of the whole cluster cancel in the one-body contribution.
          if (bsse.includes('cp') && size > 1) add('cp', part, whole);
          if (bsse.includes('vmfc')) add('vmfc', part, cluster);
        }
      }
    }
  }
  if (input.returnTotalData && level.nbodies.includes(1)) {
    for (const monomer of monomers) add('nocp', monomer, monomer);
  }
  return lists;
}

export function wholeCluster({ molecule }: ManyBodyInput): number[] {
  return molecule.fragments.map((_, i) => i + 1);
}

/**
 * With one model chemistry, the calculations of `vmfc` hold those of `nocp`, and at full order those of `cp`: they are
 * then analysed too.
 */
export function bsseWithFree(input: ManyBodyInput): readonly Bsse[] {
  const { bsse, levels, maxNbody, molecule } = input;
  if (!bsse.includes('vmfc') || levels.length > 1) return bsse;
  const free: Bsse[] = ['nocp', ...(maxNbody === molecule.fragments.length ? (['cp'] as const) : [])];
  return [...new Set([...bsse, ...free])];
}
