/** Names of assembled quantities, in QCSchema's spelling and in that of Psi4's variables. */
import type { Driver } from '../task.js';
import type { Assembly, PropertyAssembly, Treatment, Value } from './assemble.js';

/** `cp_corrected_interaction_energy_through_2_body` and the like; what is not known is not there. */
export function manyBodyProperties(assembly: Assembly): ReadonlyMap<string, Value> {
  const { input } = assembly.plan;
  const named = new Map<string, Value>();
  for (const { property, treatments } of assembly.properties) {
    for (const treatment of treatments.values()) {
      for (const [name, value] of treatmentProperties(treatment, property)) {
        // Under embedding, monomers feel the others: differences to them are no interaction.
        if (!(input.embeddingCharges && name.includes('interaction'))) named.set(name, value);
      }
    }
  }
  return named;
}

function* treatmentProperties(
  { bsse, hasTotals, bodies }: Treatment,
  property: Driver,
): Generator<readonly [string, Value]> {
  const prefix = `${bsse}_corrected`;
  const last = bodies.at(-1)!;
  if (hasTotals && last.total) yield [`${prefix}_total_${property}`, last.total];
  if (last.interaction) yield [`${prefix}_interaction_${property}`, last.interaction];
  for (const [i, { nbody, total, interaction, contribution }] of bodies.entries()) {
    if (hasTotals && total) yield [`${prefix}_total_${property}_through_${nbody}_body`, total];
    if (interaction) yield [`${prefix}_interaction_${property}_through_${nbody}_body`, interaction];
    // Where the levels between are skipped, the difference is of several numbers of bodies.
    const isSkipped = last.level.kind !== 'supersystem' && i > 0 && bodies[i - 1]!.nbody !== nbody - 1;
    if (nbody > 1 && contribution && !isSkipped) {
      yield [`${prefix}_${nbody}_body_contribution_to_${property}`, contribution];
    }
  }
}

/** `CP-CORRECTED INTERACTION ENERGY THROUGH 2-BODY` for a property's name. */
export function variableName(property: string): string {
  switch (property) {
    case 'return_energy':
    case 'return_gradient':
    case 'return_hessian':
      return `CURRENT ${property.slice('return_'.length).toUpperCase()}`;
    case 'calcinfo_nmbe':
      return 'NBODY NUMBER';
    default:
      return property
        .replaceAll('_body', '-body')
        .replaceAll('_corr', '-corr')
        .replaceAll('_', ' ')
        .toUpperCase();
  }
}

/** What is known through each number of bodies under the short keys of Psi4: `2CP`, `GRADIENT 3NOCP`. */
export function bodyVariables({ property, treatments }: PropertyAssembly): ReadonlyMap<string, Value> {
  const prefix = property === 'energy' ? '' : `${property.toUpperCase()} `;
  const named = new Map<string, Value>();
  for (const { bsse, hasTotals, bodies } of treatments.values()) {
    for (const { nbody, total, interaction } of bodies) {
      const value = hasTotals ? total : interaction;
      if (value) named.set(`${prefix}${nbody}${bsse.toUpperCase()}`, value);
    }
  }
  return named;
}
