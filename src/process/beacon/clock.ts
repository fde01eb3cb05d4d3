/** A clock that all processes of a host share and nobody sets: each counts from its own start, and this from the host's. */
const hostStartMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** ms. */
export function hostClockMs(): number {
  return hostStartMs + performance.now();
}
