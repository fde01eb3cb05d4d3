/**
 * The Hankel integral over wavenumbers of a loop's field:  integral of lambda J1(lambda a) J0(lambda r)
 * exp(-lambda h) F(lambda) dlambda  as a sum of weights times F, for any F that is analytic in a sector about the real axis.
 */
import { besselJ01, scaledBesselI0 } from './bessel.js';

export interface Geometry {
  /** Radius of the transmitter loop, m. */
  readonly radius: number;
  /** Horizontal distance of the receiver from the loop's centre, m. */
  readonly separation: number;
  /** Heights of transmitter and receiver above ground, added, m. */
  readonly height: number;
}

export interface HankelRule {
  /** Rising, 1/m. */
  readonly wavenumbers: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The trapezoidal rule in tau, lambda = c log(1 + exp tau): steps of `logStep` in log lambda where lambda is small,
 * for there F changes over octaves; and where the Bessel functions oscillate, steps which are coarser than their waves
 * but not so coarse that an alias falls into the taper's band: of `linearStep` over the longer of radius and
 * separation, less when the other is nearly as long, for then their waves add up to `fastestWave`.
 */
const logStep = 0.23;
const linearStep = 2.8;
const fastestWave = 4.4;
/** Length of the taper in waves' radians; its band holds exp(-taperLength / 2) of it outside. */
const taperLength = 76;
/** exp(-36) is below the rounding of what came before. */
const attenuationLimit = 36;

/** The rule from wavenumbers not above `smallest` on. */
export function hankelRule(geometry: Geometry, smallest: number): HankelRule {
  const { radius, separation, height } = geometry;
  const longer = Math.max(radius, separation);
  const slowest = Math.abs(radius - separation);
  const taperStart = 1 / longer;
  const largest = Math.min(taperStart + taperLength / slowest, attenuationLimit / height);
  const coarsest = Math.min(linearStep / longer, fastestWave / (radius + separation));
  const scale = coarsest / logStep;
  const first = Math.floor(Math.log(Math.expm1(smallest / scale)) / logStep);
  const last = Math.ceil(
    Math.log(Math.expm1(Math.min(largest / scale, 700))) / logStep +
      Math.max(0, largest / scale - 700) / logStep,
  );
  const taper = taperFunction(taperLength / 2);
  const wavenumbers = new Float64Array(last - first + 1);
  const weights = new Float64Array(last - first + 1);
  for (let i = 0; i < wavenumbers.length; i++) {
    const tau = (first + i) * logStep;
    const lambda = scale * (tau > 700 ? tau : Math.log1p(Math.exp(tau)));
    const derivative = scale / (1 + Math.exp(-tau));
    const bessel = besselJ01(lambda * radius)[1] * besselJ01(lambda * separation)[0];
    wavenumbers[i] = lambda;
    weights[i] =
      logStep *
      derivative *
      lambda *
      bessel *
      Math.exp(-lambda * height) *
      taper(((lambda - taperStart) * slowest) / taperLength);
  }
  return { wavenumbers, weights };
}

/**
 * A step from 1 (x <= 0) to 0 (x >= 1) whose derivative is Kaiser's window I0(c sqrt(1 - (2x - 1)^2)): its Fourier
 * transform has fallen to exp(-c) of its height at 2c radians, and stays there.
 */
function taperFunction(c: number): (x: number) => number {
  const rule = gaussLegendre(48);
  // With 2x - 1 = sin(phi) the integrand is smooth up to both ends.
  const integral = (from: number): number => {
    const half = (Math.PI / 2 - from) / 2;
    let sum = 0;
    for (const { node, weight } of rule) {
      const cosine = Math.cos(from + half * (1 + node));
      sum += weight * scaledBesselI0(c * cosine) * Math.exp(c * (cosine - 1)) * cosine;
    }
    return half * sum;
  };
  const whole = integral(-Math.PI / 2);
  return (x) => (x <= 0 ? 1 : x >= 1 ? 0 : integral(Math.asin(2 * x - 1)) / whole);
}

/** Nodes and weights of Gauss and Legendre on [-1, 1], by Newton's method on the recurrence of P_n. */
function gaussLegendre(n: number): { node: number; weight: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let iteration = 0; iteration < 100; iteration++) {
      let before = 1;
      let here = x;
      for (let k = 2; k <= n; k++) [before, here] = [here, ((2 * k - 1) * x * here - (k - 1) * before) / k];
      slope = (n * (x * here - before)) / (x * x - 1);
      const change = here / slope;
      x -= change;
      if (Math.abs(change) < 1e-16) break;
    }
    return { node: x, weight: 2 / ((1 - x * x) * slope * slope) };
  });
}

export interface HankelEnds {
  /** Weight of F at wavenumber k + m when the sum starts at k, `[wavenumbers][count]`. */
  readonly weights: Float64Array;
  /** What is added then. */
  readonly constants: Float64Array;
}

/**
 * Rules that start late. As lambda goes to 0, F = -1 + lambda P(lambda) with a smooth P; below the start P is the
 * polynomial through the first `count` wavenumbers, so that their weights can stand for all smaller ones.
 */
export function hankelEnds({ wavenumbers, weights }: HankelRule, count: number): HankelEnds {
  const size = wavenumbers.length;
  const ends = new Float64Array(size * count);
  const constants = new Float64Array(size);
  for (let start = 0; start < size; start++) {
    const nodes = Array.from(wavenumbers.subarray(start, start + count));
    nodes.forEach((node, m) => {
      let sum = 0;
      for (let k = 0; k < start; k++) {
        const lambda = wavenumbers[k] as number;
        let term = (weights[k] as number) * (lambda / node);
        nodes.forEach((other, i) => {
          if (i !== m) term *= (lambda - other) / (node - other);
        });
        sum += term;
      }
      ends[start * count + m] = (weights[start + m] as number) + sum;
      // The polynomial is of (F + 1) / lambda: its 1 goes with the -1 of the smaller wavenumbers.
      constants[start] = (constants[start] as number) + sum;
    });
    for (let k = 0; k < start; k++) constants[start] = (constants[start] as number) - (weights[k] as number);
  }
  return { weights: ends, constants };
}
