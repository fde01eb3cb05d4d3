/** Two runs of one input held against each other, number by number. */
import type { RunNumbers } from '../study/solver.js';

export interface Agreement {
  readonly quantity: string;
  /** Numbers that the reference has. */
  readonly compared: number;
  /** Those that differ by more than the tolerance. */
  readonly different: number;
  /** Numbers that one of the two does not have. */
  readonly missing: number;
  /** Largest difference of two numbers; Infinity where one of them is none. */
  readonly largest: number;
  /** Where that is, or else what is missing first; absent where nothing differs at all. */
  readonly place?: string;
}

/** By quantity, in the order of the reference. With a tolerance of 0 every bit must be the same. */
export function agreementsOf(
  reference: readonly RunNumbers[],
  other: readonly RunNumbers[],
  tolerance: number,
): readonly Agreement[] {
  const [expected, given] = [byQuantity(reference), byQuantity(other)];
  const quantities = new Set([...expected.keys(), ...given.keys()]);
  return [...quantities].map((quantity) => {
    const tally = new Tally(tolerance);
    const [ours, theirs] = [places(expected, quantity), places(given, quantity)];
    for (const place of new Set([...ours.keys(), ...theirs.keys()])) {
      tally.compare(place, ours.get(place) ?? [], theirs.get(place) ?? []);
    }
    return { quantity, ...tally.result() };
  });
}

/** Of what both have, and nothing else: for a program that knows less. */
export function inCommon(
  reference: readonly RunNumbers[],
  other: readonly RunNumbers[],
): readonly RunNumbers[] {
  const known = new Set(other.map(keyOf));
  return reference.filter((numbers) => known.has(keyOf(numbers)));
}

function keyOf({ quantity, place }: RunNumbers): string {
  return JSON.stringify([quantity, place]);
}

type Places = ReadonlyMap<string, ArrayLike<number>>;

function byQuantity(numbers: readonly RunNumbers[]): ReadonlyMap<string, Places> {
  const all = new Map<string, Map<string, ArrayLike<number>>>();
  for (const { quantity, place, values } of numbers) {
    const known = all.get(quantity) ?? new Map<string, ArrayLike<number>>();
    all.set(quantity, known.set(place, values));
  }
  return all;
}

function places(all: ReadonlyMap<string, Places>, quantity: string): Places {
  return all.get(quantity) ?? new Map();
}

class Tally {
  readonly #tolerance: number;
  #compared = 0;
  #different = 0;
  #missing = 0;
  #largest = 0;
  #place: string | undefined;

  constructor(tolerance: number) {
    this.#tolerance = tolerance;
  }

  compare(place: string, expected: ArrayLike<number>, given: ArrayLike<number>): void {
    this.#compared += expected.length;
    for (let i = 0; i < Math.max(expected.length, given.length); i++) {
      const [a, b] = [expected[i], given[i]];
      if (a !== undefined && b !== undefined && Object.is(a, b)) continue;
      const isMissing = a === undefined || b === undefined;
      const difference = isMissing ? 0 : Math.abs(a - b);
      const size = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
      if (isMissing) this.#missing++;
      else if (this.#tolerance === 0 || size > this.#tolerance) this.#different++;
      if (size > this.#largest || this.#place === undefined) this.#place = place;
      this.#largest = Math.max(this.#largest, size);
    }
  }

  result(): Omit<Agreement, 'quantity'> {
    return {
      ...{ compared: this.#compared, different: this.#different, missing: this.#missing },
      largest: this.#largest,
      ...(this.#place !== undefined && { place: this.#place }),
    };
  }
}
