/** Tables of what two runs agree in. */
import type { Agreement } from '../../results/agreement.js';
import { formatCount, plural } from '../figures.js';
import { shortNumber, tableLines } from './table.js';

export function agreementLines(agreements: readonly Agreement[]): string[] {
  return tableLines([
    ['', 'numbers', 'different', 'missing', 'largest difference', 'where'],
    ...agreements.map(({ quantity, compared, different, missing, largest, place }) => [
      ...[quantity, formatCount(compared), formatCount(different), formatCount(missing)],
      ...[shortNumber(largest), place ?? ''],
    ]),
  ]);
}

/** One line for all of them. */
export function verdict(agreements: readonly Agreement[], tolerance: number): string {
  const { compared, different, missing, largest } = totalOf(agreements);
  if (compared === 0) return 'Nothing to compare';
  const words = [
    ...(different > 0 ? [`${formatCount(different)} of ${plural(compared, 'number')} differ`] : []),
    ...(missing > 0 ? [`${formatCount(missing)} are missing`] : []),
  ];
  if (words.length > 0) return `${words.join(', ')}; largest difference ${shortNumber(largest)}`;
  if (largest === 0) return 'Every bit is the same';
  return `Largest difference ${shortNumber(largest)}, at most ${tolerance} is allowed`;
}

export function agree(agreements: readonly Agreement[]): boolean {
  const { compared, different, missing } = totalOf(agreements);
  return compared > 0 && different + missing === 0;
}

function totalOf(agreements: readonly Agreement[]): Omit<Agreement, 'quantity'> {
  const sum = (key: 'compared' | 'different' | 'missing'): number =>
    agreements.reduce((total, agreement) => total + agreement[key], 0);
  return {
    ...{ compared: sum('compared'), different: sum('different'), missing: sum('missing') },
    largest: Math.max(0, ...agreements.map(({ largest }) => largest)),
  };
}
