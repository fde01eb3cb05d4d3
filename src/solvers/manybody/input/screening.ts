/** What n-mers contribute at a level of theory whose results are there already. */
import { combinations, compareFragments, subsets } from '../combinations.js';
import { parseLabel } from '../label.js';

/**
 * Contributions to the energy by fragments (`1,4`), for all n-mers whose parts are there in their own basis; of one
 * model chemistry where `modelChemistry` names it. Empty for a text that holds nothing of the kind.
 */
export function contributionsByCluster(text: string, modelChemistry?: string): Record<string, number> {
  const energies = energiesByCluster(text, modelChemistry);
  const found: Record<string, number> = {};
  const clusters = [...energies.keys()].map((key) => key.split(',').map(Number)).sort(compareFragments);
  for (const cluster of clusters) {
    if (cluster.length < 2) continue;
    if (![...combinations(cluster, cluster.length - 1)].every((part) => energies.has(part.join()))) continue;
    const parts = subsets(cluster);
    if (!parts.every((part) => energies.has(part.join()))) continue;
    found[cluster.join()] = parts.reduce(
      (sum, part) => sum + (-1) ** (cluster.length - part.length) * energies.get(part.join())!,
      0,
    );
  }
  return found;
}

function energiesByCluster(text: string, modelChemistry: string | undefined): ReadonlyMap<string, number> {
  const energies = new Map<string, number>();
  for (const [key, component] of entriesOf(text)) {
    const energy = (component as { energy?: unknown } | null)?.energy;
    const label = labelOf(key);
    if (!label || typeof energy !== 'number') continue;
    const isChosen = modelChemistry === undefined || label.modelChemistry === modelChemistry;
    if (isChosen && label.real.join() === label.basis.join()) energies.set(label.real.join(), energy);
  }
  return energies;
}

function entriesOf(text: string): readonly (readonly [string, unknown])[] {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.entries(value) : [];
  } catch {
    return [];
  }
}

function labelOf(key: string): ReturnType<typeof parseLabel> | undefined {
  try {
    return parseLabel(key);
  } catch {
    return undefined;
  }
}
