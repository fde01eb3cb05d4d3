/** Bessel functions of real argument, to a few units in the last place: for tables that are made once a study. */

/**
 * J0(x) and J1(x), x >= 0, by Miller's backward recurrence J_(n-1) = (2n/x) J_n - J_(n+1) from an order where J_n
 * has vanished, scaled by J0 + 2 (J2 + J4 + ...) = 1 (Abramowitz & Stegun 9.12, 9.1.46).
 */
export function besselJ01(x: number): readonly [number, number] {
  if (x < 1e-8) return [1, x / 2];
  let order = 2 * Math.ceil((x + 40 + 6 * Math.cbrt(x)) / 2);
  // Small arguments: the recurrence grows by (2n/x) a step and would overflow from a high start.
  if (x < 1) order = 12;
  let above = 0;
  let here = 1e-280;
  let sum = 0;
  let one = 0;
  for (let n = order; n > 0; n--) {
    const below = ((2 * n) / x) * here - above;
    above = here;
    here = below;
    if (n === 2) one = below;
    if (n % 2 === 1) sum += n === 1 ? below : 2 * below;
    if (Math.abs(here) > 1e200) {
      here *= 1e-200;
      above *= 1e-200;
      sum *= 1e-200;
      one *= 1e-200;
    }
  }
  return [here / sum, one / sum];
}

/** exp(-x) I0(x), x >= 0: the power series of I0, all of whose terms are positive. */
export function scaledBesselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = Math.exp(-x);
  let sum = term;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= quarter / (n * n);
    sum += term;
  }
  return sum;
}
