/** Levels of theory, from what the user names to the bodies that each covers. */
import type { Level } from './input.js';

/** Keys of `levels` in an input: numbers of bodies from 1, or the whole cluster. */
export type LevelKey = number | 'supersystem';

/** The model chemistry of an input that names none. */
export const autoLabel = '(auto)';

/**
 * A key covers all lower numbers of bodies that no other key covers: `{ 2: A, 3: B }` means A for 1 and 2, B for 3.
 * Without levels, everything up to `maxNbody` is computed with one model chemistry.
 */
export function expandLevels(
  levels: ReadonlyMap<LevelKey, string> | undefined,
  maxNbody: number,
): readonly Level[] {
  const named: ReadonlyMap<LevelKey, string> = levels ?? new Map([[maxNbody, autoLabel]]);
  const expanded: Level[] = [];
  let covered = 0;
  for (const key of bodyKeys(named)) {
    const nbodies = Array.from({ length: key - covered }, (_, i) => covered + 1 + i);
    expanded.push({ kind: 'bodies', modelChemistry: named.get(key)!, nbodies });
    covered = key;
  }
  const supersystem = named.get('supersystem');
  if (supersystem !== undefined) expanded.push({ kind: 'supersystem', modelChemistry: supersystem });
  return expanded;
}

/** The numbers of bodies among the keys, ascending. */
export function bodyKeys(levels: ReadonlyMap<LevelKey, string>): number[] {
  return [...levels.keys()].filter((key) => key !== 'supersystem').sort((a, b) => a - b);
}

/** Letters for tables, in the order of levels: `§A`, `§B`, … and `§AA` after `§Z`. */
export function levelLetter(index: number): string {
  let letters = '';
  for (let rest = index; rest >= 0; rest = Math.floor(rest / 26) - 1) {
    letters = String.fromCharCode(65 + (rest % 26)) + letters;
  }
  return `§${letters}`;
}
