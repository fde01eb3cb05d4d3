/** How the process of a worker is kept. Every rank knows it before it has the study, since a child is started by it. */
import { isIsolated, keepsTime, needsWatchdog } from '../kernels/isolation.js';
import type { GpuChoice } from '../process/node/gpus.js';
import type { Study } from '../study/study.js';

export interface WorkerTerms {
  /** The kernel lives in a child of the rank. */
  readonly isIsolated: boolean;
  /** The kernel lives in the rank, and nobody knows that it always returns. */
  readonly needsWatchdog: boolean;
  readonly timeoutMs: number;
  readonly stallMs: number;
  readonly memoryLimitBytes: number;
  readonly threads: number | 'auto';
  readonly pinning: 'auto' | 'none';
  readonly gpus: GpuChoice;
  /** Ranks that compute a case together. */
  readonly ranksPerTask: number;
}

/** For kernels that end their cases themselves: whoever has not by then cannot. */
const kernelsGraceMs = 30_000;

export function termsOf(study: Pick<Study, 'execution' | 'kernel'>): WorkerTerms {
  const { timeoutMs, stallMs, memoryLimitBytes, threads, pinning, gpus, ranksPerTask } = study.execution;
  const times = keepsTime(study.kernel)
    ? { timeoutMs: timeoutMs + kernelsGraceMs, stallMs: Number.POSITIVE_INFINITY }
    : { timeoutMs, stallMs };
  return {
    isIsolated: isIsolated(study),
    needsWatchdog: needsWatchdog(study),
    ...times,
    memoryLimitBytes,
    threads,
    pinning,
    gpus,
    ranksPerTask,
  };
}

/** Where nothing is computed. */
export const idleTerms: WorkerTerms = {
  isIsolated: false,
  needsWatchdog: false,
  timeoutMs: Number.POSITIVE_INFINITY,
  stallMs: Number.POSITIVE_INFINITY,
  memoryLimitBytes: Number.POSITIVE_INFINITY,
  threads: 1,
  pinning: 'none',
  gpus: 'none',
  ranksPerTask: 1,
};

const auto = -1;
const none = -2;

/** As numbers, so that ranks can be told them before anything else. */
export function encodeTerms(terms: WorkerTerms): Float64Array {
  const {
    isIsolated: isApart,
    timeoutMs,
    stallMs,
    memoryLimitBytes,
    threads,
    pinning,
    gpus,
    ranksPerTask,
  } = terms;
  return Float64Array.of(
    isApart ? 1 : 0,
    terms.needsWatchdog ? 1 : 0,
    timeoutMs,
    stallMs,
    memoryLimitBytes,
    threads === 'auto' ? auto : threads,
    pinning === 'auto' ? auto : none,
    gpus === 'auto' ? auto : gpus === 'none' ? none : gpus,
    ranksPerTask,
  );
}

export const termsLength = encodeTerms(idleTerms).length;

export function decodeTerms(numbers: Float64Array): WorkerTerms {
  const [isApart, hasWatchdog, timeoutMs, stallMs, memoryLimitBytes, threads, pinning, gpus, ranksPerTask] =
    numbers as unknown as number[];
  return {
    isIsolated: isApart === 1,
    needsWatchdog: hasWatchdog === 1,
    timeoutMs: timeoutMs as number,
    stallMs: stallMs as number,
    memoryLimitBytes: memoryLimitBytes as number,
    threads: threads === auto ? 'auto' : (threads as number),
    pinning: pinning === auto ? 'auto' : 'none',
    gpus: gpus === auto ? 'auto' : gpus === none ? 'none' : (gpus as number),
    ranksPerTask: ranksPerTask as number,
  };
}
