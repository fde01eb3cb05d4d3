/** From the end of a kernel's process to what it means for the case that was running: words and verdicts. */
import { failureTypes } from '../../messages/failure-class.js';
import type { CaseFailure, Loss } from '../../messages/loss.js';
import type { Sighting } from '../../process/beacon/reader.js';
import type { TreeMemory } from '../../process/memory/tree-memory.js';
import type { WorkerEnd } from '../../process/spawn/spawn-worker.js';
import { bytesText, durationText } from '../../study/quantities.js';
import type { Limits, Overdue } from './watch.js';

/** Why its supervisor ended a process. */
export type Cause =
  | {
      readonly kind: 'overdue';
      readonly overdue: Overdue;
      readonly limits: Limits;
      /** Where it was near its limit. */
      readonly memory?: TreeMemory;
    }
  | {
      readonly kind: 'memory';
      readonly limitBytes: number;
      /** Absent where the system itself has ended a process. */
      readonly memory?: TreeMemory;
      readonly running: readonly Sighting[] | undefined;
    };

export interface ProcessEnd {
  readonly end: WorkerEnd;
  /** Absent when the process ended by itself. */
  readonly cause?: Cause;
  /** The system has ended it, or it itself, for want of memory. */
  readonly isOutOfMemory: boolean;
  readonly memoryLimitBytes: number;
  /** When it ended, by `hostClockMs`. */
  readonly endedMs: number;
  /** What was running at the end; undefined where nobody could see it. */
  readonly running: readonly Sighting[] | undefined;
  /** Last lines of its standard error. */
  readonly errorLines: readonly string[];
}

export function lossOf(ended: ProcessEnd): Loss {
  const { cause, errorLines } = ended;
  const detail = [...(cause ? detailsOf(cause) : []), ...errorLines].join('\n');
  return { ...lossBy(ended), ...ranMsOf(ended), ...(detail !== '' && { detail }) };
}

/** Of what the process itself said, or of what was seen from outside. */
function ranMsOf({ cause, running, endedMs }: ProcessEnd): Pick<Loss, 'ranMs'> {
  const seen = running ?? (cause?.kind === 'overdue' ? [cause.overdue.sighting] : []);
  const [only] = seen;
  return only && seen.length === 1 ? { ranMs: Math.max(0, endedMs - only.begunMs) } : {};
}

function lossBy(ended: ProcessEnd): Loss {
  const { cause, end, isOutOfMemory, memoryLimitBytes, running } = ended;
  switch (cause?.kind) {
    case 'overdue':
      // Its time was over while its full heap was searched for the last free bytes.
      return isOutOfMemory
        ? lossOfMemory('ended because it needed', memoryLimitBytes, running)
        : lossOfOverdue(cause.overdue, cause.limits, running === undefined);
    case 'memory':
      return lossOfMemory('was ended because it used', cause.limitBytes, cause.running);
    case undefined:
      return isOutOfMemory
        ? lossOfMemory('ended because it needed', memoryLimitBytes, running)
        : { how: howEnded(end), ...rangesOf(running) };
    default:
      return cause satisfies never;
  }
}

function howEnded({ code, signal }: WorkerEnd): string {
  return signal ? `was ended by ${signal}` : `exited with code ${code}`;
}

/** Its own case is sure to be it. Of a batch each case is tried alone, so that the one that hangs is found. */
function lossOfOverdue({ kind, sighting }: Overdue, limits: Limits, isUnseen: boolean): Loss {
  const failure: CaseFailure =
    kind === 'timeout'
      ? {
          status: 'timeout',
          type: failureTypes.timeout,
          message: `took longer than ${durationText(limits.timeoutMs)}`,
        }
      : {
          status: 'timeout',
          type: failureTypes.stalled,
          message: `gave no sign of life for ${durationText(limits.stallMs)}`,
        };
  const who = sighting.count === 1 ? 'its case' : `a batch of ${sighting.count} cases`;
  const limit = sighting.count === 1 ? '' : ' each';
  return {
    how: `was ended because ${who} ${failure.message}${limit}`,
    ...(isUnseen ? {} : rangesOf([sighting])),
    verdict: { failure, isProven: true },
  };
}

/**
 * A case may pay for what earlier ones have left in the memory of their process: only the first ones of a process are
 * surely it.
 */
function lossOfMemory(how: string, limitBytes: number, running: readonly Sighting[] | undefined): Loss {
  const isLimited = Number.isFinite(limitBytes);
  const limit = isLimited ? bytesText(limitBytes) : 'this machine has';
  const message = `needed more memory than ${limit}`;
  return {
    how: `${how} more memory than ${limit}`,
    ...rangesOf(running),
    verdict: {
      failure: {
        ...{ status: 'failed', type: failureTypes.outOfMemory, message },
        ...(isLimited && { memoryBytes: limitBytes }),
      },
      isProven: running?.every(({ starts }) => starts <= freshStarts) ?? false,
    },
  };
}

/** A batch of one case begins, and in it the case. */
const freshStarts = 2;

function rangesOf(running: readonly Sighting[] | undefined): Pick<Loss, 'running'> {
  return running ? { running: running.map(({ first, count }) => ({ first, count })) } : {};
}

/** What differs from run to run, and so is no part of the result. */
function detailsOf(cause: Cause): string[] {
  switch (cause.kind) {
    case 'overdue': {
      const { ranMs, silentMs, sighting } = cause.overdue;
      const ran = `ended after ${seconds(ranMs)}`;
      const memory = cause.memory ? [`close to its memory limit: ${memoryText(cause.memory)}`] : [];
      if (!sighting.progress) return [`${ran}, no progress told`, ...memory];
      const { fraction, text } = sighting.progress;
      const words = text === '' ? '' : ` (${text})`;
      return [
        `${ran}, last at ${Math.floor(100 * fraction)} %${words}, silent for ${seconds(silentMs)}`,
        ...memory,
      ];
    }
    case 'memory': {
      return cause.memory ? [memoryText(cause.memory)] : [];
    }
    default:
      return cause satisfies never;
  }
}

function memoryText({ bytes, parts }: TreeMemory): string {
  const largest = parts.slice(0, 8).map((part) => `${part.name} (${part.pid}) ${bytesText(part.bytes)}`);
  return `resident ${bytesText(bytes)}: ${largest.join(', ')}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
