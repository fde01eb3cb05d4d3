/**
 * Inverse Laplace transforms of diffusion, by one set of nodes for all gates.
 *
 * At each wavenumber the reflection is a sum of decaying currents: -F(s) = sum of m(k) s / (s + k), and the field after
 * switch-off is b(t) = sum of m(k) exp(-k t). So a rule  sum_j Re w_j s_j / (s_j + k)  that equals a gate's answer to
 * exp(-k t) at each decay rate k inverts every F, whatever the layers. The nodes lie on the hyperbola of Weideman &
 * Trefethen (2007), s = mu (1 + sin(i theta - alpha)), stretched over the gates' range; the weights are fitted, which
 * takes half the nodes of the quadrature formula.
 */
import { leastSquares } from './least-squares.js';
import { decayResponse, direct, type Past, type Response, reach } from './waveform.js';

export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** The branches run off at 90 degrees + alpha = 113, which leaves F smooth in wavenumber at every node. */
const alpha = 0.4;
/** Between nodes, in theta: 0.37 would do for B, and rather 0.36 for -dB/dt at gates before the field has reached them. */
const step = 0.365;
/** Re s of the curve's start, over the longest time, and about |s| of its last node, over the shortest. */
const slowestNode = 3;
const fastestNode = 64;
/** Nodes faster than this over a gate's shortest time have no part in it, unless it would be left with too few. */
const fastestUsed = 300;
const fewestUsed = 16;
/** Decay rates below this over a gate's longest time are weighted like it: they only follow. */
const slowestRate = 1e-3;

/** Nodes in the upper half plane for elapsed times from `shortest` to `longest`, s. */
export function laplaceNodes(shortest: number, longest: number): readonly Complex[] {
  // Below a decade and a half the fit lacks freedom, so that the range is widened towards late times.
  const scale = slowestNode / Math.max(longest, 30 * shortest);
  const span = Math.log((2 * fastestNode) / shortest / scale);
  return Array.from({ length: Math.ceil(span / step + 0.5) }, (_, i) => {
    const theta = (i + 0.5) * step;
    return {
      re: scale * (1 - Math.sin(alpha) * Math.cosh(theta)),
      im: scale * Math.cos(alpha) * Math.sinh(theta),
    };
  });
}

export interface GateRule {
  readonly weights: readonly Complex[];
  /** Weight of -F at s = infinity, which is 1 at every wavenumber. */
  readonly direct: number;
  /** Largest error over all decay rates, relative to the scale of the gate's answer. */
  readonly error: number;
}

/** Decay rates at which rules are fitted, 1/s: twelve a decade, far enough out on both sides to hold between. */
export function fittingRates(nodes: readonly Complex[], shortest: number, longest: number): Float64Array {
  const last = nodes.at(-1) as Complex;
  const low = Math.log(1e-6 / longest);
  const high = Math.log(Math.max(1e6 / shortest, 100 * Math.hypot(last.re, last.im)));
  const count = Math.ceil((12 * (high - low)) / Math.LN10);
  return Float64Array.from({ length: count }, (_, i) => Math.exp(low + ((high - low) * i) / (count - 1)));
}

/**
 * The rule of one gate. Errors are weighted by powers k^p of the decay rate, p from -1 to 7/4, each relative to the
 * largest |answer| k^p: how the strengths m(k) go from early to late times over any ground.
 */
export function gateRule(
  nodes: readonly Complex[],
  rates: Float64Array,
  past: Past,
  response: Response,
): GateRule {
  const answers = rates.map((rate) => decayResponse(past, response, rate));
  const scales = [-1, 0, 0.5, 1.75].map((power) => {
    let largest = 0;
    rates.forEach((rate, i) => {
      largest = Math.max(largest, Math.abs(answers[i] as number) * rate ** power);
    });
    return { power, largest };
  });
  const [shortest, longest] = reach(past) ?? [1, 1];
  const slowest = slowestRate / longest;
  const fastest = fastestUsed / shortest;
  // What faster nodes would add is their rounding.
  const used = nodes.filter(({ re, im }, j) => j < fewestUsed || Math.hypot(re, im) <= fastest);
  const columns = 2 * used.length;
  const matrix = new Float64Array(rates.length * columns);
  const target = new Float64Array(rates.length);
  const size = Math.max(...answers.map(Math.abs));
  rates.forEach((rate, i) => {
    const bounded = Math.max(rate, slowest);
    const weight = Math.min(
      1e9 / size,
      Math.max(...scales.map(({ power, largest }) => bounded ** power / largest)),
    );
    used.forEach((node, j) => {
      const { re, im } = decayTransform(node, rate);
      matrix[i * columns + 2 * j] = weight * re;
      matrix[i * columns + 2 * j + 1] = -weight * im;
    });
    target[i] = weight * (answers[i] as number);
  });
  const solved = leastSquares(matrix.slice(), target.slice(), columns);
  let error = 0;
  for (let i = 0; i < rates.length; i++) {
    let rest = -(target[i] as number);
    for (let c = 0; c < columns; c++) rest += (matrix[i * columns + c] as number) * (solved[c] as number);
    error = Math.max(error, Math.abs(rest));
  }
  return {
    weights: nodes.map((_, j) => ({ re: solved[2 * j] ?? 0, im: solved[2 * j + 1] ?? 0 })),
    direct: direct(past, response),
    error,
  };
}

/** s / (s + k) */
function decayTransform({ re, im }: Complex, rate: number): Complex {
  const x = re + rate;
  const square = x * x + im * im;
  return { re: (re * x + im * im) / square, im: (im * rate) / square };
}
