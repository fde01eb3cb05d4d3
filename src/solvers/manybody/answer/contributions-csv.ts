/** Energies by number of bodies, as a table for programs; empty cells where calculations are missing. */
import { csvField } from '../../../codec/csv-field.js';
import type { Assembly } from '../assembly/assemble.js';

const header = 'bsse,nbody,model_chemistry,contribution_hartree,total_hartree,interaction_hartree';

export function contributionsCsv({ properties }: Assembly): string {
  const energy = properties.find(({ property }) => property === 'energy');
  const lines = [...(energy?.treatments ?? [])].flatMap(([bsse, { bodies, hasTotals }]) =>
    bodies.map(({ nbody, level, contribution, total, interaction }) =>
      [
        ...[bsse, nbody, csvField(level.modelChemistry), contribution?.[0] ?? ''],
        ...[hasTotals ? (total?.[0] ?? '') : '', interaction?.[0] ?? ''],
      ].join(','),
    ),
  );
  return `${[header, ...lines].join('\n')}\n`;
}
