/** −Δu = f on the unit square, u = 0 on its edge, by conjugate gradients over the ranks of `context.comm`. */
import { defineKernel } from 'shoal';
import type { Comm } from 'shoal/mpi';

export const kernel = defineKernel({
  name: 'poisson',
  version: '1',
  inputs: [
    { name: 'n', dtype: 'int32' },
    { name: 'mode', dtype: 'int32' },
  ],
  outputs: [{ name: 'error' }, { name: 'iterations', dtype: 'int32' }],
  run({ n, mode }, { comm }) {
    const h = 1 / (n + 1);
    const wave = (i: number): number => Math.sin(mode * Math.PI * i * h);
    const arch = (j: number): number => j * h * (1 - j * h);
    const rows = rowsOf(comm, n);
    // The solution sin(mπx) y(1−y) and its right-hand side, of this rank's rows alone.
    const exact = filled(rows, n, (i, j) => wave(i) * arch(j));
    const right = filled(rows, n, (i, j) => wave(i) * ((mode * Math.PI) ** 2 * arch(j) + 2));
    const { u, iterations } = solve(comm, right, rows, n, h);
    const worst = u.reduce((most, value, at) => Math.max(most, Math.abs(value - (exact[at] as number))), 0);
    return { error: reduced(comm, worst, 'max'), iterations };
  },
});

interface Rows {
  readonly first: number;
  readonly count: number;
}

/** Rows 1 … n of the grid, dealt out to the ranks in order. */
function rowsOf({ rank, size }: Comm, n: number): Rows {
  const first = 1 + Math.floor((n * rank) / size);
  return { first, count: 1 + Math.floor((n * (rank + 1)) / size) - first };
}

function filled({ first, count }: Rows, n: number, value: (i: number, j: number) => number): Float64Array {
  return Float64Array.from({ length: count * n }, (_, at) => value(first + Math.floor(at / n), 1 + (at % n)));
}

/** Hestenes and Stiefel 1952, until the residual has fallen by 1e-10. */
function solve(comm: Comm, right: Float64Array, rows: Rows, n: number, h: number) {
  const u = new Float64Array(right.length);
  const residual = right.slice();
  const direction = right.slice();
  let square = dot(comm, residual, residual);
  const goal = square * 1e-20;
  let iterations = 0;
  while (square > goal) {
    const applied = laplacian(comm, direction, rows, n, h);
    const step = square / dot(comm, direction, applied);
    for (let at = 0; at < u.length; at++) {
      u[at]! += step * direction[at]!;
      residual[at]! -= step * applied[at]!;
    }
    const next = dot(comm, residual, residual);
    for (let at = 0; at < u.length; at++) direction[at] = residual[at]! + (next / square) * direction[at]!;
    square = next;
    iterations++;
  }
  return { u, iterations };
}

/** −Δ by five points; the rows next to this rank's come from its neighbours. */
function laplacian(comm: Comm, v: Float64Array, { count }: Rows, n: number, h: number): Float64Array {
  const { above, below } = exchange(comm, v, count, n);
  const at = (i: number, j: number): number => {
    if (j < 0 || j === n) return 0;
    if (i < 0) return above[j]!;
    return i === count ? below[j]! : v[i * n + j]!;
  };
  return v.map((value, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return (4 * value - at(i - 1, j) - at(i + 1, j) - at(i, j - 1) - at(i, j + 1)) / (h * h);
  });
}

function exchange(comm: Comm, v: Float64Array, count: number, n: number) {
  const { rank, size } = comm;
  const above = new Float64Array(n);
  const below = new Float64Array(n);
  const requests = [
    ...(rank > 0 ? [comm.irecv(above, rank - 1, 0), comm.isend(v.slice(0, n), rank - 1, 1)] : []),
    ...(rank < size - 1
      ? [comm.irecv(below, rank + 1, 1), comm.isend(v.slice((count - 1) * n), rank + 1, 0)]
      : []),
  ];
  for (const request of requests) request.wait();
  return { above, below };
}

function dot(comm: Comm, a: Float64Array, b: Float64Array): number {
  return reduced(
    comm,
    a.reduce((total, value, at) => total + value * b[at]!, 0),
    'sum',
  );
}

function reduced(comm: Comm, own: number, operation: 'sum' | 'max'): number {
  const all = new Float64Array(1);
  comm.allreduce(Float64Array.of(own), all, operation);
  return all[0] as number;
}
