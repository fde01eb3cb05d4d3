/** The part of a Hessian that says what happens when a molecule is moved as a whole, which some programs take out. */

/**
 * The Hessian H of a molecule alone in space, from what is left of it when translations and rotations are projected out.
 * Moving the molecule changes nothing, and turning it turns the gradient g with it: H t = 0 and H (w × x) = w × g, which
 * are not zero where the molecule is not at rest. `geometry` and `gradient` are `[atoms, 3]`; H `[3 atoms, 3 atoms]`
 * may have that part already.
 */
export function withRigidMotions(
  projected: Float64Array,
  geometry: Float64Array,
  gradient: Float64Array,
): Float64Array {
  const size = geometry.length;
  const motions = rigidMotions(geometry, gradient);
  const full = projectedOut(projected, size, motions);
  for (const { motion, image } of motions) {
    for (let at = 0; at < full.length; at++) {
      const [row, column] = [Math.floor(at / size), at % size];
      full[at]! += image[row]! * motion[column]! + motion[row]! * image[column]!;
    }
    for (const other of motions) {
      const both = (dot(motion, other.image) + dot(other.motion, image)) / 2;
      for (let at = 0; at < full.length; at++) {
        full[at]! -= motion[Math.floor(at / size)]! * both * other.motion[at % size]!;
      }
    }
  }
  return full;
}

/** Of an orthonormal set, and what the Hessian makes of it. */
interface Motion {
  readonly motion: Float64Array;
  readonly image: Float64Array;
}

/** A linear molecule has no rotation about its axis: what is left of one that is shorter than this is none. */
const leastLength = 1e-3;

function rigidMotions(geometry: Float64Array, gradient: Float64Array): readonly Motion[] {
  const centre = [0, 1, 2].map((axis) => mean(geometry.filter((_, at) => at % 3 === axis)));
  const places = geometry.map((x, at) => x - centre[at % 3]!);
  const found: Motion[] = [];
  for (const axis of [0, 1, 2]) {
    const along = places.map((_, at) => (at % 3 === axis ? 1 : 0));
    addMotion(found, along, new Float64Array(along.length));
  }
  for (const axis of [0, 1, 2]) addMotion(found, crossed(axis, places), crossed(axis, gradient));
  return found;
}

/** Without what it has of those before; the same is done to its image. */
function addMotion(found: Motion[], vector: Float64Array, image: Float64Array): void {
  let [motion, own] = [vector, image];
  for (const other of found) {
    const share = dot(motion, other.motion);
    motion = motion.map((value, i) => value - share * other.motion[i]!);
    own = own.map((value, i) => value - share * other.image[i]!);
  }
  const length = Math.sqrt(dot(motion, motion));
  if (length < leastLength) return;
  found.push({ motion: motion.map((value) => value / length), image: own.map((value) => value / length) });
}

function projectedOut(matrix: Float64Array, size: number, motions: readonly Motion[]): Float64Array {
  const left = Float64Array.from(matrix);
  for (const { motion } of motions) {
    for (const [step, across] of [
      [size, 1],
      [1, size],
    ] as const) {
      for (let line = 0; line < size; line++) {
        let share = 0;
        for (let i = 0; i < size; i++) share += motion[i]! * left[line * across + i * step]!;
        for (let i = 0; i < size; i++) left[line * across + i * step]! -= share * motion[i]!;
      }
    }
  }
  return left;
}

/** The unit vector of an axis times each vector. */
function crossed(axis: number, vectors: Float64Array): Float64Array {
  return vectors.map((_, at) => {
    const [first, own] = [at - (at % 3), at % 3];
    if (own === axis) return 0;
    return own === (axis + 1) % 3 ? -vectors[first + ((axis + 2) % 3)]! : vectors[first + ((axis + 1) % 3)]!;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
