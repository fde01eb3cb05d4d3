/** An assembled expansion in words. */
import type { Bsse } from '../input.js';
import { prettyLabel } from '../label.js';
import type { Assembly, Body, PropertyAssembly } from './assemble.js';
import { formatOmitted, omittedOf } from './omitted.js';
import { formatEnergies } from './table.js';

/** Missing calculations that are named one by one. */
const mostNamed = 20;

export function formatAssembly(assembly: Assembly): string {
  const { plan, properties } = assembly;
  const kind = plan.input.returnTotalData ? 'Total' : 'Interaction';
  const lines = [formatEnergies(assembly).trimEnd(), ''];
  for (const { property, returned } of properties) {
    if (property === 'energy') {
      if (returned) lines.push(`${kind} energy (${plan.input.bsse[0]}): ${returned[0]!.toFixed(12)} Eh`);
    } else if (returned && property === plan.input.driver) {
      lines.push(`${kind} ${property} (${plan.input.bsse[0]}), Eh/a0${property === 'hessian' ? '^2' : ''}:`);
      lines.push(...rows(returned, property === 'gradient' ? 3 : Math.sqrt(returned.length)));
    }
  }
  const omitted = formatOmitted(omittedOf(plan, assembly.results), plan);
  return [...lines, ...omitted, ...missingLines(assembly)].join('\n');
}

function rows(values: Float64Array, width: number): string[] {
  return Array.from({ length: values.length / width }, (_, row) =>
    [...values.subarray(row * width, (row + 1) * width)].map((x) => x.toFixed(10).padStart(16)).join(''),
  );
}

function missingLines({ plan, missing, properties }: Assembly): string[] {
  if (missing.length === 0) return [];
  const isSingle = plan.input.levels.length === 1;
  const names = missing
    .slice(0, mostNamed)
    .map(
      ({ modelChemistry, real, basis }) =>
        `    ${prettyLabel(isSingle ? undefined : modelChemistry, real, basis)}`,
    );
  return [
    '',
    `Missing: ${missing.length} of ${plan.tasks.length} calculations`,
    ...names,
    ...(missing.length > mostNamed ? [`    and ${missing.length - mostNamed} more`] : []),
    ...properties.flatMap((property) => incomplete(property)),
  ];
}

function incomplete({ property, treatments }: PropertyAssembly): string[] {
  return [...treatments.values()].flatMap(({ bsse, bodies }) =>
    bodies.flatMap((body) => (body.partial ? [partialLine(property, bsse, body, body.partial)] : [])),
  );
}

function partialLine(
  property: string,
  bsse: Bsse,
  { nbody }: Body,
  { lacking, count, sum }: NonNullable<Body['partial']>,
): string {
  const known = count - lacking.length;
  const what = `${bsse} ${nbody}-body contribution to the ${property}: ${lacking.length} of ${count} ${nbody}-mers lack results`;
  if (known === 0 || property !== 'energy') return what;
  return `${what}; the other ${known} add up to ${sum[0]!.toFixed(12)} Eh`;
}
