/** Derivatives of energies that depend on squared distances of atoms, by the places of the atoms. */

export interface Derivatives {
  energy: number;
  /** `[atoms, 3]`. */
  readonly gradient: Float64Array;
  /** `[3 atoms, 3 atoms]`. */
  readonly hessian: Float64Array;
}

/** One term: the value, its first derivatives by the squared distances, and its second ones row by row. */
export interface Term {
  readonly value: number;
  readonly first: readonly number[];
  readonly second: readonly (readonly number[])[];
}

export function noDerivatives(atoms: number): Derivatives {
  return { energy: 0, gradient: new Float64Array(3 * atoms), hessian: new Float64Array(9 * atoms * atoms) };
}

export function squaredDistance(geometry: Float64Array, a: number, b: number): number {
  let sum = 0;
  for (let k = 0; k < 3; k++) sum += (geometry[3 * a + k]! - geometry[3 * b + k]!) ** 2;
  return sum;
}

/** Adds a term that depends on the squared distances of `pairs`. */
export function addTerm(
  sums: Derivatives,
  geometry: Float64Array,
  pairs: readonly (readonly [number, number])[],
  { value, first, second }: Term,
): void {
  sums.energy += value;
  const size = geometry.length;
  const slopes = pairs.map(([a, b]) => slopesOf(geometry, a, b));
  slopes.forEach((own, p) => {
    for (const { at, slope } of own) sums.gradient[at]! += first[p]! * slope;
    // The second derivative of a squared distance is 2 on the diagonal of both atoms, -2 between them.
    for (const { at, atom, axis } of own) {
      for (const other of own) {
        if (other.axis !== axis) continue;
        sums.hessian[at * size + other.at]! += first[p]! * (other.atom === atom ? 2 : -2);
      }
    }
    slopes.forEach((others, q) => {
      for (const { at, slope } of own) {
        for (const other of others) {
          sums.hessian[at * size + other.at]! += second[p]![q]! * slope * other.slope;
        }
      }
    });
  });
}

interface Slope {
  readonly at: number;
  readonly atom: number;
  readonly axis: number;
  /** Derivative of the squared distance by this coordinate. */
  readonly slope: number;
}

function slopesOf(geometry: Float64Array, a: number, b: number): Slope[] {
  return [0, 1, 2].flatMap((axis) => {
    const slope = 2 * (geometry[3 * a + axis]! - geometry[3 * b + axis]!);
    return [
      { at: 3 * a + axis, atom: a, axis, slope },
      { at: 3 * b + axis, atom: b, axis, slope: -slope },
    ];
  });
}
