/** Why calculations have no result, in the words of their programs. */
import { parseLabel, prettyLabel } from '../label.js';

interface Reason {
  readonly type: string;
  readonly message: string;
}

const mostShown = 10;

export function failureLines(failures: ReadonlyMap<string, Reason>): string[] {
  if (failures.size === 0) return [];
  const shown = [...failures].slice(0, mostShown).map(([label, { type, message }]) => {
    const { modelChemistry, real, basis } = parseLabel(label);
    return `    ${prettyLabel(modelChemistry, real, basis)}: ${type}: ${message}`;
  });
  const left = failures.size - shown.length;
  return ['', 'Failed:', ...shown, ...(left > 0 ? [`    and ${left} more`] : [])];
}
