/** Cases that depend on one another: their ties, orders and circles. */

/** Cases that each case is tied to: those of case i are `cases[offsets[i]] … cases[offsets[i + 1] - 1]`. */
export interface Edges {
  readonly offsets: Uint32Array;
  readonly cases: Uint32Array;
}

export const noEdges = (count: number): Edges => ({
  offsets: new Uint32Array(count + 1),
  cases: new Uint32Array(0),
});

/** The same ties seen from the other end: for each case the ones that are tied to it, in their order. */
export function reversed({ offsets, cases }: Edges): Edges {
  const count = offsets.length - 1;
  const starts = new Uint32Array(count + 1);
  for (const target of cases) starts[target + 1]!++;
  for (let i = 0; i < count; i++) starts[i + 1]! += starts[i]!;
  const sources = new Uint32Array(cases.length);
  const next = starts.slice(0, count);
  for (let from = 0; from < count; from++) {
    for (let at = offsets[from]!; at < offsets[from + 1]!; at++) sources[next[cases[at]!]!++] = from;
  }
  return { offsets: starts, cases: sources };
}

/** Every case behind all that it depends on. Cases of a circle, and those that wait for one, are missing. */
export function topologicalOrder(dependencies: Edges): Uint32Array {
  const count = dependencies.offsets.length - 1;
  const dependents = reversed(dependencies);
  const pending = pendingOf(dependencies);
  const order = new Uint32Array(count);
  let length = 0;
  for (let i = 0; i < count; i++) if (pending[i] === 0) order[length++] = i;
  for (let read = 0; read < length; read++) {
    const done = order[read]!;
    for (let at = dependents.offsets[done]!; at < dependents.offsets[done + 1]!; at++) {
      const waiting = dependents.cases[at]!;
      if (--pending[waiting]! === 0) order[length++] = waiting;
    }
  }
  return order.subarray(0, length);
}

/** Dependencies of each case. */
export function pendingOf({ offsets }: Edges): Uint32Array {
  return Uint32Array.from({ length: offsets.length - 1 }, (_, i) => offsets[i + 1]! - offsets[i]!);
}

/** A circle of cases, each followed by one that it depends on, the first again at the end; undefined when there is none. */
export function findCycle(dependencies: Edges): number[] | undefined {
  const { offsets, cases } = dependencies;
  const count = offsets.length - 1;
  const order = topologicalOrder(dependencies);
  if (order.length === count) return undefined;
  const isOrdered = new Uint8Array(count);
  for (const index of order) isOrdered[index] = 1;
  // Whoever is left depends on somebody who is left, so that the walk comes round.
  const places = new Map<number, number>();
  const trail: number[] = [];
  let current = isOrdered.indexOf(0);
  while (!places.has(current)) {
    places.set(current, trail.length);
    trail.push(current);
    for (let at = offsets[current]!; at < offsets[current + 1]!; at++) {
      if (isOrdered[cases[at]!] === 1) continue;
      current = cases[at]!;
      break;
    }
  }
  return [...trail.slice(places.get(current)), current];
}

/** For each case, the cost of the dearest chain of cases that begins with it and of which each waits for the one before. */
export function longestPaths(dependencies: Edges, costOf: (index: number) => number): Float64Array {
  const order = topologicalOrder(dependencies);
  const paths = new Float64Array(dependencies.offsets.length - 1);
  for (let place = order.length - 1; place >= 0; place--) {
    const index = order[place]!;
    paths[index]! += costOf(index);
    const { offsets, cases } = dependencies;
    for (let at = offsets[index]!; at < offsets[index + 1]!; at++) {
      const before = cases[at]!;
      if (paths[before]! < paths[index]!) paths[before] = paths[index]!;
    }
  }
  return paths;
}
