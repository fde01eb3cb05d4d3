/** Energies of an expansion as text, in the layout of QCManyBody's tables. */
import type { Bsse } from '../input.js';
import { levelLetter } from '../levels.js';
import type { Assembly, Body, Treatment } from './assemble.js';

export const kcalPerMolInHartree = 627.5094737775374;

const names = {
  nocp: 'Non-Counterpoise Corrected (NoCP)',
  cp: 'Counterpoise Corrected (CP)',
  vmfc: 'Valiron-Mayer Function Counterpoise (VMFC)',
} as const satisfies Record<Bsse, string>;

/** Tables of more fragments show what the expansion reaches, and the last line. */
const mostRows = 20;

/** One table for each treatment. */
export function formatEnergies(assembly: Assembly): string {
  const energy = assembly.properties.find(({ property }) => property === 'energy')!;
  return [...energy.treatments.values()].map((treatment) => formatTable(assembly, treatment)).join('');
}

function formatTable({ plan }: Assembly, treatment: Treatment): string {
  const { input } = plan;
  const { bodies } = treatment;
  const fragmentCount = input.molecule.fragments.length;
  const hasSupersystem = input.levels.at(-1)!.kind === 'supersystem';
  const lines = [
    '',
    `   ==> N-Body: ${names[treatment.bsse]} energies <==`,
    '',
    '              MC n-Body  Total Energy            Interaction Energy                          N-body Contribution to Interaction Energy',
    '                         [Eh]                    [Eh]                  [kcal/mol]            [Eh]                  [kcal/mol]',
  ];
  for (let nbody = 1; nbody <= fragmentCount; nbody++) {
    const place = bodies.findIndex((body) => body.nbody === nbody);
    const body = bodies[place];
    if (!body && nbody < fragmentCount && nbody > input.maxNbody && fragmentCount > mostRows) continue;
    const flags = [
      ...(nbody > input.maxNbody && hasSupersystem ? ['SS'] : []),
      ...(nbody === fragmentCount ? ['FULL'] : []),
      ...(nbody === bodies.at(-1)!.nbody ? ['RTN'] : []),
    ].join('/');
    const letter = body?.level.kind === 'bodies' ? levelLetter(input.levels.indexOf(body.level)) : '';
    const isSkip = input.supersystemIeOnly && nbody > 2;
    const cells = body ? cellsOf(body, treatment, input.embeddingCharges !== undefined, isSkip) : emptyCells;
    lines.push(
      `  ${flags.padStart(11)} ${letter.padEnd(2)} ${String(nbody).padStart(2)}  ${cells.join('  ')}`,
    );
  }
  const legend = input.levels.map(({ modelChemistry }, i) => `${levelLetter(i)}: "${modelChemistry}"`);
  lines.push('', `   MC Legend: ${legend.join(', ')}`, '', '');
  return lines.join('\n');
}

const none = `      ${'N/A'.padEnd(14)}`;
const emptyCells: readonly string[] = [none, none, none, none, none];

function cellsOf(
  { total, interaction, contribution, nbody }: Body,
  { hasTotals }: Treatment,
  isEmbedded: boolean,
  isSkip: boolean,
): readonly string[] {
  const added = nbody === 1 ? Float64Array.of(0) : contribution;
  return [
    cell(hasTotals ? total : undefined),
    ...energyCells(isEmbedded ? undefined : interaction),
    ...energyCells(isSkip ? undefined : added),
  ];
}

function energyCells(value: Float64Array | undefined): readonly string[] {
  return [cell(value), cell(value?.map((energy) => energy * kcalPerMolInHartree))];
}

function cell(value: Float64Array | undefined): string {
  return value ? value[0]!.toFixed(12).padStart(20) : none;
}
