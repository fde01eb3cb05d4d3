/**
 * What every model of a survey shares, computed once: Laplace nodes, wavenumbers, and their weights. It travels to
 * the ranks as one array of doubles, which native/tem1d.h describes too.
 */
import { hankelEnds, hankelRule } from './hankel.js';
import { type Complex, fittingRates, gateRule, laplaceNodes } from './laplace.js';
import type { Survey } from './survey.js';
import { pastOf, reach, shortestElapsed } from './waveform.js';

/** Magnetic constant, T m/A. */
export const mu0 = 4e-7 * Math.PI;

/** How the second column gives the layers: not at all, tops from 0 on, thicknesses, or lower boundaries. */
export const layering = { none: 0, depths: 1, thicknesses: 2, boundaries: 3 } as const;
export type Layering = keyof typeof layering;

const format = 1;
const headLength = 16;
const endCount = 4;
/** Classes of a model's smallest conductivity: below 2^(firstClass + 2) S/m, then each 4 times as high. */
const firstClass = -30;
const classCount = 18;
/** Sums start below this part of the smallest |sqrt(mu0 s sigma)|, and of 1 over the longest distance. */
const startOfDiffusion = 0.12;
const startOfGeometry = 0.2;

export interface Tables {
  readonly layers: number;
  readonly layering: number;
  readonly nodes: number;
  readonly gates: number;
  readonly wavenumberCount: number;
  readonly ends: number;
  readonly classes: number;
  readonly firstClass: number;
  /** mu0 s_j, `[nodes][re, im]`. */
  readonly induction: Float64Array;
  /** First wavenumber of a node for a class, `[nodes][classes]`. */
  readonly starts: Float64Array;
  /** lambda_k, 1/m. */
  readonly wavenumbers: Float64Array;
  readonly weights: Float64Array;
  /** Weight of lambda_(k + m) when the sum starts at k, `[wavenumbers][ends]`, and what is added then. */
  readonly endWeights: Float64Array;
  readonly endConstants: Float64Array;
  /** Weight of the integral at s_j in a gate's response, `[gates][nodes][re, im]`. */
  readonly response: Float64Array;
  /** Added to a gate's response, `[gates]`. */
  readonly offsets: Float64Array;
}

/** The tables of a survey over models of `layers` layers. Some tens of milliseconds for 31 gates. */
export function makeTables(survey: Survey, layers: number, kind: Layering): Float64Array {
  const pasts = survey.times.map((time) => pastOf(survey.waveform, time));
  const reaches = pasts.flatMap((past) => reach(past) ?? []);
  const shortest = Math.max(shortestElapsed, Math.min(...reaches, 1));
  const longest = Math.max(shortest, ...reaches);
  const nodes = laplaceNodes(shortest, longest);
  const rates = fittingRates(nodes, shortest, longest);
  const { radius, separation, height } = survey.geometry;

  const induction = nodes.flatMap(({ re, im }) => [mu0 * re, mu0 * im]);
  const limit = startOfGeometry / Math.max(radius, separation, height);
  const startOf = (node: Complex, index: number): number =>
    Math.min(
      limit,
      startOfDiffusion * Math.sqrt(mu0 * Math.hypot(node.re, node.im) * 2 ** (firstClass + 2 * index)),
    );
  const smallest = Math.min(...nodes.map((node) => startOf(node, 0)));
  const rule = hankelRule(survey.geometry, smallest);
  const ends = hankelEnds(rule, endCount);
  const starts = nodes.flatMap((node) =>
    Array.from({ length: classCount }, (_, index) => lastNotAbove(rule.wavenumbers, startOf(node, index))),
  );

  // Per unit moment of the transmitter, pi a^2 I: mu0 / (4 pi) 2/a. The integral is of F, the rules are of -F.
  const factor = mu0 / (2 * Math.PI * radius);
  const whole = rule.weights.reduce((sum, weight) => sum + weight, 0);
  const response: number[] = [];
  const offsets: number[] = [];
  for (const past of pasts) {
    if (reach(past) === undefined) {
      response.push(...new Array<number>(2 * nodes.length).fill(0));
      offsets.push(0);
      continue;
    }
    const fitted = gateRule(nodes, rates, past, survey.response);
    fitted.weights.forEach((weight, j) => {
      const filtered = lowpass(nodes[j] as Complex, survey.lowpass, weight);
      response.push(-factor * filtered.re, -factor * filtered.im);
    });
    // A filter passes nothing of what answers at once.
    offsets.push(survey.lowpass.length > 0 ? 0 : factor * whole * fitted.direct);
  }

  const head = new Array<number>(headLength).fill(0);
  const sizes = [
    nodes.length,
    survey.times.length,
    rule.wavenumbers.length,
    endCount,
    classCount,
    firstClass,
  ];
  head.splice(0, 3 + sizes.length, format, layers, layering[kind], ...sizes);
  return Float64Array.from(
    [
      head,
      induction,
      starts,
      rule.wavenumbers,
      rule.weights,
      ends.weights,
      ends.constants,
      response,
      offsets,
    ].flatMap((part) => Array.from(part)),
  );
}

/** Views of the parts of `data`. */
export function readTables(data: Float64Array): Tables {
  const [, layers, kind, nodes, gates, wavenumberCount, ends, classes, first] = Array.from(
    data.subarray(0, headLength),
  ) as [number, number, number, number, number, number, number, number, number];
  let at = headLength;
  const next = (length: number): Float64Array => {
    at += length;
    return data.subarray(at - length, at);
  };
  return {
    layers,
    layering: kind,
    nodes,
    gates,
    wavenumberCount,
    ends,
    classes,
    firstClass: first,
    induction: next(2 * nodes),
    starts: next(nodes * classes),
    wavenumbers: next(wavenumberCount),
    weights: next(wavenumberCount),
    endWeights: next(wavenumberCount * ends),
    endConstants: next(wavenumberCount),
    response: next(2 * gates * nodes),
    offsets: next(gates),
  };
}

function lastNotAbove(sorted: Float64Array, limit: number): number {
  let index = 0;
  while (index + 1 < sorted.length && (sorted[index + 1] as number) <= limit) index++;
  return index;
}

/** The weight times the filters' transfer at its node, 1 / (1 + s / (2 pi f)) each. */
function lowpass(node: Complex, frequencies: readonly number[], weight: Complex): Complex {
  let { re, im } = weight;
  for (const frequency of frequencies) {
    const x = 1 + node.re / (2 * Math.PI * frequency);
    const y = node.im / (2 * Math.PI * frequency);
    const square = x * x + y * y;
    [re, im] = [(re * x + im * y) / square, (im * x - re * y) / square];
  }
  return { re, im };
}
