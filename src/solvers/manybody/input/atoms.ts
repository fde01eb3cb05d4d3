/** Lines of atoms: `O 0.0 0.0 0.117`, as in xyz files and in text that a study holds. */
import { elementSymbol } from '../elements.js';

export interface AtomLines {
  readonly symbols: readonly string[];
  /** In the unit of the text, three for each atom. */
  readonly places: readonly number[];
  readonly isGhost: readonly boolean[];
  /** Mass numbers of named isotopes; -1 for the others. */
  readonly massNumbers: readonly number[];
  /** Where lines `--` stand between atoms: the atoms of each part. */
  readonly parts?: readonly (readonly number[])[];
  /** `charge multiplicity` at the head of parts. */
  readonly spins: ReadonlyMap<number, readonly [charge: number, multiplicity: number]>;
}

export interface LineProblem {
  /** From 0. */
  readonly line: number;
  readonly message: string;
}

/** Reads lines from `first` on. */
export function readAtoms(lines: readonly string[], first = 0): AtomLines | LineProblem {
  const symbols: string[] = [];
  const places: number[] = [];
  const isGhost: boolean[] = [];
  const massNumbers: number[] = [];
  const parts: number[][] = [[]];
  const spins = new Map<number, readonly [number, number]>();
  for (let line = first; line < lines.length; line++) {
    const words = lines[line]!.trim().split(/[\s,]+/);
    if (words[0] === '' || words[0]!.startsWith('#')) continue;
    if (words[0] === '--') {
      parts.push([]);
    } else if (words.length === 2 && words.every((word) => /^[+-]?\d+$/.test(word))) {
      if (parts.at(-1)!.length > 0)
        return { line, message: 'charge and multiplicity stand before the atoms' };
      spins.set(parts.length - 1, [Number(words[0]), Number(words[1])]);
    } else {
      const atom = atomOf(words[0]!);
      const place = words.slice(1, 4).map(Number);
      if (!atom) return { line, message: `no element is named '${words[0]}'` };
      if (place.length < 3 || words.slice(1, 4).includes('') || !place.every(Number.isFinite)) {
        return { line, message: `expected a symbol and three coordinates, got '${lines[line]!.trim()}'` };
      }
      parts.at(-1)!.push(symbols.length);
      symbols.push(atom.symbol);
      isGhost.push(atom.isGhost);
      massNumbers.push(atom.massNumber);
      places.push(...place);
    }
  }
  return { symbols, places, isGhost, massNumbers, ...(parts.length > 1 && { parts }), spins };
}

interface Atom {
  readonly symbol: string;
  readonly massNumber: number;
  readonly isGhost: boolean;
}

/** `He`, `18O`, `D`, and for ghosts `@He` or `Gh(He)`. */
function atomOf(word: string): Atom | undefined {
  const ghost = /^@(.+)$/.exec(word) ?? /^gh\((.+)\)$/i.exec(word);
  const named = /^(\d*)([a-z]{1,2})$/i.exec(ghost?.[1] ?? word);
  if (!named) return undefined;
  const isotope = hydrogens[named[2]!.toUpperCase()];
  const symbol = isotope === undefined ? elementSymbol(named[2]!) : 'H';
  if (symbol === undefined) return undefined;
  const massNumber = isotope ?? (named[1] === '' ? -1 : Number(named[1]));
  return { symbol, massNumber, isGhost: ghost !== null };
}

const hydrogens: Readonly<Record<string, number>> = { D: 2, T: 3 };
