/** The pair potential of Lennard-Jones, 4 ε ((σ/r)^12 − (σ/r)^6). */
import type { Term } from './squared-distances.js';

/** `s` = r², bohr²; `epsilon` in hartree, `sigma` in bohr. */
export function lennardJones(s: number, epsilon: number, sigma: number): Term {
  const six = (sigma * sigma) ** 3 / s ** 3;
  const twelve = six * six;
  return {
    value: 4 * epsilon * (twelve - six),
    first: [(4 * epsilon * (3 * six - 6 * twelve)) / s],
    second: [[(4 * epsilon * (42 * twelve - 12 * six)) / (s * s)]],
  };
}
