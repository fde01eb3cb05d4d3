/** The section `execution` of a study file, its times and sizes read. */
import type { FieldPath, StudyFile } from './document/places.js';
import { problem } from './document/problem.js';
import { defaultExecution, type Execution } from './execution.js';
import { bytesWords, durationWords, parseBytes, parseDurationMs } from './quantities.js';
import type { StudyDocument } from './schema.js';
import type { KernelSource } from './study.js';
import { membersOf } from './turns.js';

/** Throws InputError for times and sizes that cannot be read, and for kernels that several ranks cannot compute. */
export function resolveExecution(
  file: StudyFile,
  section: StudyDocument['execution'],
  kernel: KernelSource,
): Execution {
  if (section.ranks_per_task > 1) checkMpiKernel(file, section, kernel);
  const { backoff, checkpoint } = section;
  const time = (key: string, value: Quantity | undefined, unless: number, ...inside: FieldPath): number =>
    value === undefined ? unless : duration(file, ['execution', key, ...inside], value);
  return {
    timeoutMs: time('timeout', section.timeout, defaultExecution.timeoutMs),
    stallMs: time('stall', section.stall, defaultExecution.stallMs),
    retries: section.max_retries ?? membersOf(kernel).length - 1,
    backoff: {
      firstMs: time('backoff', backoff?.[0], defaultExecution.backoff.firstMs, 0),
      mostMs: time('backoff', backoff?.[1], defaultExecution.backoff.mostMs, 1),
    },
    crashLimit: section.crash_limit,
    isolation: section.isolation,
    memoryLimitBytes: memoryLimit(file, section.memory_limit_per_worker),
    retryMemoryFactor: section.retry_memory_factor,
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

function checkMpiKernel(
  file: StudyFile,
  { ranks_per_task: given, isolation }: StudyDocument['execution'],
  { kind }: KernelSource,
): void {
  const path = ['execution', 'ranks_per_task'];
  if (kind !== 'module') {
    throw problem(file, path, 'Only a kernel module can be computed by several ranks together', {
      expected: 'kernel: FILE.ts, whose run uses context.comm',
      given: `${given} ranks for ${kind === 'turns' ? 'a list of kernels' : `a ${kind}`}`,
      ...(kind === 'command' && { hint: 'A command can be an MPI program of its own: mpirun -np 4 …' }),
    });
  }
  if (isolation === 'process') {
    throw problem(file, ['execution', 'isolation'], 'An MPI kernel lives in its ranks', {
      expected: 'auto or inline beside ranks_per_task',
      given: isolation,
    });
  }
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
