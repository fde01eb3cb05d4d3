/**
 * The dispersion of three atoms, C9 (1 + 3 cos α cos β cos γ) / (r₁ r₂ r₃)³: B. M. Axilrod and E. Teller, J. Chem. Phys.
 * 11, 299 (1943). With squared distances s, t, u it is C9 ((stu)^-3/2 + 3/8 P (stu)^-5/2), where
 * P = (s + t − u)(s − t + u)(−s + t + u) is 8 stu times the product of the cosines.
 */
import type { Term } from './squared-distances.js';

/** `c9` in hartree bohr⁹; squared distances in bohr². */
export function axilrodTellerMuto(s: number, t: number, u: number, c9: number): Term {
  const x = [s, t, u];
  const product = s * t * u;
  const even = product ** -1.5;
  const odd = 0.375 * product ** -2.5;
  const p = (s + t - u) * (s - t + u) * (t + u - s);
  const first = [slope(s, t, u), slope(t, u, s), slope(u, s, t)];
  return {
    value: c9 * (even + odd * p),
    first: x.map((xi, i) => c9 * ((-1.5 * even) / xi + odd * (first[i]! - (2.5 * p) / xi))),
    second: x.map((xi, i) =>
      x.map((xj, j) => {
        const isSame = i === j;
        const third = x[3 - i - j] as number;
        const curvature = isSame ? -6 * xi + 2 * (s + t + u - xi) : 2 * (xi + xj - third);
        const evenPart = (even * (isSame ? 3.75 : 2.25)) / (xi * xj);
        const oddPart =
          curvature - 2.5 * (first[i]! / xj + first[j]! / xi) + (p * (isSame ? 8.75 : 6.25)) / (xi * xj);
        return c9 * (evenPart + odd * oddPart);
      }),
    ),
  };
}

/** ∂P/∂s; P is the same for any order of its arguments. */
function slope(s: number, t: number, u: number): number {
  return -3 * s * s + 2 * s * (t + u) + (t - u) ** 2;
}
