/**
 * The kernel in TypeScript: the reference for native/tem1d_models.c, in the same order of operations.
 *
 * Vertical magnetic field of a horizontal circular loop over layers, quasi-static (Ward & Hohmann 1988, Electromagnetic
 * theory for geophysical applications, section 4): with u_i = sqrt(lambda^2 + mu0 s sigma_i) and thicknesses h_i,
 *
 *   R_i = mu0 s (sigma_i - sigma_(i+1)) / (u_i + u_(i+1))^2
 *   G_i = exp(-2 u_i h_i) (R_i + G_(i+1)) / (1 + R_i G_(i+1)),   G_N = 0
 *   F   = (R_0 + G_1) / (1 + R_0 G_1),   R_0 = -mu0 s sigma_1 / (lambda + u_1)^2
 *   B(s) / moment = mu0 / (2 pi a) integral of lambda J1(lambda a) J0(lambda r) exp(-lambda (h_T + h_R)) F dlambda
 *
 * for the field that the ground adds, the transmitter's own left out. hankel.ts has the integral, laplace.ts the way
 * back to time.
 */
import { addMultiple, Complex, divide, expMinus, multiply, rootOf, square } from './complex.js';
import type { Tables } from './tables.js';

/** Layers below the depth that a wave reaches and leaves with less than exp(-cut) of itself count as nothing. */
const cut = 28;

/** Scratch for one model of `layers` layers. */
export class Layers {
  readonly sigma: Float64Array;
  readonly contrast: Float64Array;
  /** Doubled, m. */
  readonly thickness: Float64Array;
  readonly u: readonly Complex[];
  readonly decay: readonly Complex[];

  constructor(layers: number) {
    this.sigma = new Float64Array(layers);
    this.contrast = new Float64Array(layers);
    this.thickness = new Float64Array(layers);
    this.u = Array.from({ length: layers }, () => new Complex());
    this.decay = Array.from({ length: layers }, () => new Complex());
  }

  /** `resistivities` in ohm m, `[layers]`; `thicknesses` in m, `[layers - 1]`. */
  load(resistivities: Float64Array, thicknesses: Float64Array): void {
    resistivities.forEach((value, i) => {
      this.sigma[i] = 1 / value;
    });
    thicknesses.forEach((value, i) => {
      this.contrast[i] = (this.sigma[i] as number) - (this.sigma[i + 1] as number);
      this.thickness[i] = 2 * value;
    });
  }
}

/** The responses of the model in `layers`, `[gates]`, into `out` from `at` on. */
export function tem1d(
  tables: Tables,
  layers: Layers,
  classIndex: number,
  out: Float64Array,
  at: number,
): void {
  const integrals = Array.from({ length: tables.nodes }, (_, node) =>
    integrate(tables, layers, node, classIndex),
  );
  for (let gate = 0; gate < tables.gates; gate++) {
    let sum = tables.offsets[gate] as number;
    integrals.forEach((integral, node) => {
      const index = 2 * (gate * tables.nodes + node);
      sum += (tables.response[index] as number) * integral.re;
      sum -= (tables.response[index + 1] as number) * integral.im;
    });
    out[at + gate] = sum;
  }
}

/** The Hankel integral at one node. */
function integrate(tables: Tables, layers: Layers, node: number, classIndex: number): Complex {
  const start = tables.starts[node * tables.classes + classIndex] as number;
  const p = new Complex(tables.induction[2 * node], tables.induction[2 * node + 1]);
  const sum = new Complex(tables.endConstants[start], 0);
  const f = new Complex();
  for (let k = start; k < tables.wavenumberCount; k++) {
    const lambda = tables.wavenumbers[k] as number;
    const isEnd = k - start < tables.ends;
    const weight = (isEnd ? tables.endWeights[start * tables.ends + k - start] : tables.weights[k]) as number;
    ascend(f, layers, descend(layers, lambda, p), lambda, p);
    sum.re += weight * f.re;
    sum.im += weight * f.im;
  }
  return sum;
}

/** exp(-2 u h) of the layers until the wave goes no further; returns how many have their lower boundary in reach. */
function descend({ sigma, thickness, u, decay }: Layers, lambda: number, p: Complex): number {
  const count = sigma.length;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const conductivity = sigma[i] as number;
    const here = u[i] as Complex;
    rootOf(here, conductivity * p.re + lambda * lambda, conductivity * p.im);
    if (i + 1 === count) break;
    const doubled = thickness[i] as number;
    total += doubled * here.re;
    if (total > cut) return i;
    expMinus(decay[i] as Complex, doubled * here.re, doubled * here.im);
  }
  return count - 1;
}

const top = new Complex();
const bottom = new Complex();
const a = new Complex();
const b = new Complex();

/** F at the surface into `g`, from what `descend` left. */
function ascend(
  g: Complex,
  { sigma, contrast, u, decay }: Layers,
  reached: number,
  lambda: number,
  p: Complex,
): void {
  g.set(0, 0);
  for (let i = reached - 1; i >= 0; i--) {
    const here = u[i] as Complex;
    const below = u[i + 1] as Complex;
    a.set((contrast[i] as number) * p.re, (contrast[i] as number) * p.im);
    square(b, here.re + below.re, here.im + below.im);
    addMultiple(top, b, g, a);
    addMultiple(bottom, a, g, b);
    divide(g, top, bottom);
    multiply(g, decay[i] as Complex, g);
  }
  const first = u[0] as Complex;
  a.set(-(sigma[0] as number) * p.re, -(sigma[0] as number) * p.im);
  square(b, lambda + first.re, first.im);
  addMultiple(top, b, g, a);
  addMultiple(bottom, a, g, b);
  divide(g, top, bottom);
}
