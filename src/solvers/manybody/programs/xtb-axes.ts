/**
 * Axes in which xtb is right. Until its pull request 1208 of 2025 gradients are wrong, by tenths of a hartree/bohr, where
 * two atoms have the same x, y or z (its issue 986): molecules in which any have are turned, and derivatives turned back.
 */
import type { TaskMolecule } from '../task.js';

/** Rows of a rotation. */
export type Axes = readonly (readonly [number, number, number])[];

/** bohr: coordinates nearer than this count as the same. */
const leastGap = 1e-5;

/** bohr: how far xtb moves atoms for its Hessian, which must not bring two coordinates together either. */
const hessianStep = 0.005;

const ownAxes: Axes = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** Those of the molecule where they do; the first of a fixed list elsewhere, so that the same is always the same. */
export function axesFor({ geometry }: TaskMolecule): Axes {
  const turns = Array.from({ length: 12 }, (_, i) => turn(0.7 + 0.31 * i, 1.1 + 0.17 * i, 0.4 + 0.23 * i));
  const candidates = [ownAxes, ...turns];
  return candidates.find((axes) => isClear(turned(geometry, axes))) ?? (candidates.at(-1) as Axes);
}

/** Vectors, `[count, 3]` row-major, in these axes. */
export function turned(vectors: Float64Array, axes: Axes): Float64Array {
  return vectors.map((_, at) => {
    const first = at - (at % 3);
    const [x, y, z] = axes[at % 3] as readonly [number, number, number];
    return x * vectors[first]! + y * vectors[first + 1]! + z * vectors[first + 2]!;
  });
}

/** From these axes to those of the molecule. */
export function turnedBack(vectors: Float64Array, axes: Axes): Float64Array {
  return turned(vectors, inverse(axes));
}

/** The same for a matrix, `[size, size]` row-major: all rows, then all columns. */
export function matrixTurnedBack(matrix: Float64Array, size: number, axes: Axes): Float64Array {
  const rows = turnedBack(matrix, axes);
  return transposed(turnedBack(transposed(rows, size), axes), size);
}

function transposed(matrix: Float64Array, size: number): Float64Array {
  return matrix.map((_, at) => matrix[(at % size) * size + Math.floor(at / size)]!);
}

function inverse(axes: Axes): Axes {
  return ownAxes.map((_, i) => axes.map((row) => row[i]!) as unknown as Axes[number]);
}

/** About z, then about x, then about z, so that no axis stays in a plane of two old ones. */
function turn(first: number, second: number, third: number): Axes {
  const [c, s, d, t, e, u] = [first, second, third].flatMap((angle) => [
    Math.cos(angle),
    Math.sin(angle),
  ]) as [...[number, number, number, number, number, number]];
  return [
    [e * c - u * d * s, -e * s - u * d * c, u * t],
    [u * c + e * d * s, -u * s + e * d * c, -e * t],
    [t * s, t * c, d],
  ];
}

function isClear(geometry: Float64Array): boolean {
  for (let i = 0; i < geometry.length; i++) {
    for (let j = i % 3; j < i; j += 3) {
      const gap = Math.abs(geometry[i]! - geometry[j]!);
      if (gap < leastGap || Math.abs(gap - hessianStep) < leastGap) return false;
    }
  }
  return true;
}
