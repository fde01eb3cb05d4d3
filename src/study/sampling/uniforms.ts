/** Where draws come from: a method's uniform numbers for all dimensions of a study, any sample index at any time. */
import { keyedPermutation } from './permutation.js';
import { fillUniformPair } from './philox.js';
import { sobolSource } from './sobol.js';

export type SampleMethod = 'random' | 'lhs' | 'sobol';

export interface SamplePlan {
  readonly method: SampleMethod;
  /** Points of the design. */
  readonly count: number;
  readonly seed: number;
}

/**
 * Writes the uniform numbers of samples `indices[0 … count - 1]` into `outs`, one array a dimension. Each number depends on
 * (seed, sample index, dimension) alone, and a dimension's numbers do not change when dimensions are added behind it.
 */
export type FillUniforms = (indices: Float64Array, count: number, outs: readonly Float64Array[]) => void;

export function createUniforms(plan: SamplePlan, dimensions: number): FillUniforms {
  switch (plan.method) {
    case 'random':
      return randomNumbers(plan.seed);
    case 'lhs':
      return latinHypercube(plan, dimensions);
    case 'sobol': {
      const sources = Array.from({ length: dimensions }, (_, d) => sobolSource(plan.seed, d));
      return (indices, count, outs) => {
        sources.forEach((source, d) => {
          source(indices, count, outs[d]!);
        });
      };
    }
    default:
      return plan.method satisfies never;
  }
}

function randomNumbers(seed: number): FillUniforms {
  let spare = new Float64Array(0);
  return (indices, count, outs) => {
    for (let d = 0; d < outs.length; d += 2) {
      const odd = outs[d + 1];
      if (!odd && spare.length < count) spare = new Float64Array(count);
      fillUniformPair(seed, d >>> 1, indices, count, outs[d]!, odd ?? spare);
    }
  };
}

/**
 * Latin hypercube of `count` points: in each dimension, a permutation gives point i its stratum, and a random number its
 * place in it (McKay, Beckman and Conover, Technometrics 21, 1979).
 */
function latinHypercube(plan: SamplePlan, dimensions: number): FillUniforms {
  const jitter = randomNumbers(plan.seed);
  const strata = Array.from({ length: dimensions }, (_, d) => keyedPermutation(plan.count, plan.seed, d));
  // The largest double below 1: (stratum + jitter) / count may round up to 1 in the last stratum.
  const largest = 1 - 2 ** -53;
  return (indices, count, outs) => {
    jitter(indices, count, outs);
    strata.forEach((stratum, d) => {
      const out = outs[d]!;
      for (let i = 0; i < count; i++) {
        out[i] = Math.min((stratum(indices[i]!) + out[i]!) / plan.count, largest);
      }
    });
  };
}
