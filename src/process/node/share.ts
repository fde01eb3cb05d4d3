/** What a worker owns of its node: cores, threads, a GPU, and the variables that say so to libraries. */
import { allowedCores, launcherCores } from './affinity.js';
import { availableCores } from './cores.js';
import { type GpuChoice, gpuEnvironment, gpuNames } from './gpus.js';

export interface ShareRequest {
  /** The worker's number among those of its node, from 0, and how many these are. */
  readonly index: number;
  readonly count: number;
  readonly threads: number | 'auto';
  readonly pinning: 'auto' | 'none';
  readonly gpus: GpuChoice;
}

export interface Share {
  readonly threads: number;
  /** Cores to bind the worker to; absent where it is left as it is. */
  readonly cores?: readonly number[];
  /** Names of the GPUs of the node, all workers'. */
  readonly gpus: readonly string[];
  /** Variables for the worker that the user has not set. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What the node offers; for tests a made-up one. */
export interface NodeCores {
  /** Cores that this process may run on. */
  readonly allowed: readonly number[];
  /** Cores that the launcher has here; absent without a launcher. */
  readonly launcher?: readonly number[] | undefined;
  /** Cores' worth of time that control groups allow. */
  readonly quota: number;
}

/** Of OpenMP, OpenBLAS, MKL, BLIS, Apple's Accelerate and numexpr. */
const threadVariables = [
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'MKL_NUM_THREADS',
  'BLIS_NUM_THREADS',
  'VECLIB_MAXIMUM_THREADS',
  'NUMEXPR_NUM_THREADS',
] as const;

export function shareOf(
  request: ShareRequest,
  environment: NodeJS.ProcessEnv = process.env,
  node: NodeCores = nodeCores(),
): Share {
  const { index, count } = request;
  const isBound = node.launcher !== undefined && node.allowed.length < node.launcher.length;
  const total = Math.min(node.launcher?.length ?? node.allowed.length, Math.ceil(node.quota));
  const owned = Math.max(1, Math.min(node.allowed.length, Math.floor(total / count)));
  const threads = request.threads === 'auto' ? owned : request.threads;
  const isPinned = request.pinning === 'auto' && !isBound && count <= node.allowed.length && count > 1;
  return {
    threads,
    ...(isPinned && { cores: part(node.allowed, index, count) }),
    gpus: gpuNames(request.gpus, environment),
    environment: {
      ...threadEnvironment(threads, environment),
      ...gpuEnvironment(request.gpus, index, environment),
    },
  };
}

function nodeCores(): NodeCores {
  return { allowed: allowedCores(), launcher: launcherCores(), quota: availableCores() };
}

/** As even as it goes, neighbours together. */
function part(cores: readonly number[], index: number, count: number): readonly number[] {
  const edge = (i: number): number => Math.floor((i * cores.length) / count);
  return cores.slice(edge(index % count), edge((index % count) + 1));
}

/** The variables by which libraries know how many threads they may have, save those that `environment` has. */
export function threadEnvironment(
  threads: number,
  environment: NodeJS.ProcessEnv = {},
): Record<string, string> {
  const unset = threadVariables.filter((name) => environment[name] === undefined);
  return Object.fromEntries(unset.map((name) => [name, String(threads)]));
}
