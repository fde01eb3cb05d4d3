/** The section `execution`: how cases are computed and what happens when one fails. Only `nan` is part of a result. */
import type { FieldPath, StudyFile } from './document/places.js';
import { problem } from './document/problem.js';
import { bytesWords, durationWords, parseBytes, parseDurationMs } from './quantities.js';
import type { StudyDocument } from './schema.js';

/** `auto`: a user's kernel in a process of its own, a built-in one in the worker. */
export const isolations = ['auto', 'inline', 'process'] as const;
export type Isolation = (typeof isolations)[number];

export interface Execution {
  /** Longest time of one case; Infinity for none. */
  readonly timeoutMs: number;
  /** Longest time of one case without a sign of progress; Infinity for none. */
  readonly stallMs: number;
  /** Attempts after a first one that failed or timed out. */
  readonly retries: number;
  /** Wait before the first retry; it doubles with each further one up to `mostMs`. */
  readonly backoff: { readonly firstMs: number; readonly mostMs: number };
  /** A case that ended its worker this often is given up. */
  readonly crashLimit: number;
  readonly isolation: Isolation;
  /** Resident bytes of a worker's process tree; Infinity for no limit. */
  readonly memoryLimitBytes: number;
  /** Threads that a worker's kernel may use; `auto`: the cores that the worker owns. */
  readonly threads: number | 'auto';
  /** `auto`: workers are bound to cores where the launcher has not done so. */
  readonly pinning: 'auto' | 'none';
  /** GPUs dealt out to the workers of a node in turn; `auto`: those that are visible. */
  readonly gpus: number | 'auto' | 'none';
  /** Ranks that compute one case together, for MPI kernels. */
  readonly ranksPerTask: number;
  /** Results are committed to disk after this many cases or this time, whichever comes first. */
  readonly checkpoint: { readonly cases: number; readonly ms: number };
  /** Whether a NaN among the outputs is a result or fails the case. */
  readonly nan: 'keep' | 'refuse';
}

export const defaultExecution: Execution = {
  timeoutMs: 3_600_000,
  stallMs: Number.POSITIVE_INFINITY,
  retries: 0,
  backoff: { firstMs: 1_000, mostMs: 60_000 },
  crashLimit: 3,
  isolation: 'auto',
  memoryLimitBytes: Number.POSITIVE_INFINITY,
  threads: 'auto',
  pinning: 'auto',
  gpus: 'auto',
  ranksPerTask: 1,
  checkpoint: { cases: Number.POSITIVE_INFINITY, ms: 100 },
  nan: 'keep',
};

/** Throws InputError for times and sizes that cannot be read. */
export function resolveExecution(file: StudyFile, section: StudyDocument['execution']): Execution {
  const { backoff, checkpoint } = section;
  const time = (key: string, value: Quantity | undefined, unless: number, ...inside: FieldPath): number =>
    value === undefined ? unless : duration(file, ['execution', key, ...inside], value);
  return {
    timeoutMs: time('timeout', section.timeout, defaultExecution.timeoutMs),
    stallMs: time('stall', section.stall, defaultExecution.stallMs),
    retries: section.max_retries,
    backoff: {
      firstMs: time('backoff', backoff?.[0], defaultExecution.backoff.firstMs, 0),
      mostMs: time('backoff', backoff?.[1], defaultExecution.backoff.mostMs, 1),
    },
    crashLimit: section.crash_limit,
    isolation: section.isolation,
    memoryLimitBytes: memoryLimit(file, section.memory_limit_per_worker),
    threads: section.threads,
    pinning: section.pinning,
    gpus: section.gpus,
    ranksPerTask: section.ranks_per_task,
    checkpoint: {
      cases: checkpoint.cases ?? defaultExecution.checkpoint.cases,
      ms: time('checkpoint', checkpoint.seconds, defaultExecution.checkpoint.ms, 'seconds'),
    },
    nan: section.nan,
  };
}

type Quantity = string | number;

function duration(file: StudyFile, path: FieldPath, value: Quantity): number {
  if (value === 'none') return Number.POSITIVE_INFINITY;
  const ms = parseDurationMs(value);
  if (ms !== undefined) return ms;
  throw problem(file, path, 'Not a time', { expected: `${durationWords}, or none`, given: String(value) });
}

function memoryLimit(file: StudyFile, value: Quantity | undefined): number {
  if (value === undefined || value === 'none') return Number.POSITIVE_INFINITY;
  const bytes = parseBytes(value);
  if (bytes !== undefined) return bytes;
  throw problem(file, ['execution', 'memory_limit_per_worker'], 'Not a size', {
    expected: `${bytesWords}, or none`,
    given: String(value),
  });
}
