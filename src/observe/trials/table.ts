/** Columns of text: the first to the left, all others to the right. */
import { padded } from '../cells.js';

export function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)));
  return rows.map((row) =>
    row
      .map((text, i) => padded(text, widths[i] ?? 0, i === 0 ? 'left' : 'right'))
      .join('   ')
      .trimEnd(),
  );
}

/** Three digits, and 0 as 0. */
export function shortNumber(value: number): string {
  if (value === 0) return '0';
  return value >= 0.001 && value < 1e6 ? value.toPrecision(3) : value.toExponential(1);
}
