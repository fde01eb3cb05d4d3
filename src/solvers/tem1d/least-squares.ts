/** Linear least squares of small dense systems. */

/**
 * The x that minimises |A x - b|, `matrix` being A, `[rows][columns]` row-major and overwritten, as is b (`[rows]`).
 * Householder QR with column pivoting (Golub & Van Loan, Matrix Computations, algorithm 5.4.1); directions whose
 * pivot falls below `tolerance` times the first are given no part of the solution.
 */
export function leastSquares(
  matrix: Float64Array,
  b: Float64Array,
  columns: number,
  tolerance = 1e-15,
): Float64Array {
  const rows = b.length;
  const order = Int32Array.from({ length: columns }, (_, i) => i);
  // Column-major: every inner loop runs down one column.
  const a = Array.from({ length: columns }, (_, c) =>
    Float64Array.from({ length: rows }, (_, r) => matrix[r * columns + c] as number),
  );
  const diagonal = new Float64Array(columns);
  let rank = 0;
  for (; rank < Math.min(rows, columns); rank++) {
    pivot(a, order, rank);
    const column = a[rank] as Float64Array;
    const size = norm(column, rank);
    if (size <= tolerance * Math.abs(diagonal[0] ?? 0) || size === 0) break;
    const head = column[rank] as number;
    diagonal[rank] = head > 0 ? -size : size;
    column[rank] = head - (diagonal[rank] as number);
    const scale = 1 / ((diagonal[rank] as number) * (column[rank] as number));
    for (let c = rank + 1; c < columns; c++) reflect(column, a[c] as Float64Array, rank, scale);
    reflect(column, b, rank, scale);
  }
  const x = new Float64Array(columns);
  for (let i = rank - 1; i >= 0; i--) {
    let value = b[i] as number;
    for (let c = i + 1; c < rank; c++) {
      value -= ((a[c] as Float64Array)[i] as number) * (x[order[c] as number] as number);
    }
    x[order[i] as number] = value / (diagonal[i] as number);
  }
  return x;
}

/** Brings the column with the largest rest to place `at`. */
function pivot(a: Float64Array[], order: Int32Array, at: number): void {
  let best = at;
  let largest = -1;
  for (let c = at; c < a.length; c++) {
    const size = norm(a[c] as Float64Array, at);
    if (size > largest) {
      largest = size;
      best = c;
    }
  }
  [a[at], a[best]] = [a[best] as Float64Array, a[at] as Float64Array];
  [order[at], order[best]] = [order[best] as number, order[at] as number];
}

function norm(column: Float64Array, from: number): number {
  let sum = 0;
  for (let r = from; r < column.length; r++) sum += (column[r] as number) ** 2;
  return Math.sqrt(sum);
}

/** target += scale (v . target) v, over rows `from` and below: the reflection in the plane normal to v. */
function reflect(v: Float64Array, target: Float64Array, from: number, scale: number): void {
  let dot = 0;
  for (let r = from; r < v.length; r++) dot += (v[r] as number) * (target[r] as number);
  const factor = dot * scale;
  for (let r = from; r < v.length; r++) target[r] = (target[r] as number) + factor * (v[r] as number);
}
