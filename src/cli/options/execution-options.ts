/** Options by which one session computes its cases otherwise than the study says. */
import { InputError } from '../../errors/input-error.js';
import { type ExecutionChange, isolations } from '../../study/execution.js';
import { parseDurationMs } from '../../study/quantities.js';
import {
  type Arguments,
  bytesOption,
  choiceOption,
  countOption,
  durationOption,
  factorOption,
  type Option,
  parseCount,
  shownName,
  textOption,
} from '../command.js';

export const executionOptions = {
  timeout: {
    describe: 'Longest time of one case, instead of what the study says: seconds, 15 min, none.',
    value: 'TIME',
  },
  stall: { describe: 'Longest time of one case without a sign of progress.', value: 'TIME' },
  retries: { describe: 'How often a case that failed or timed out is tried again.', value: 'N' },
  isolation: {
    describe: `Where the kernel lives: ${isolations.join(', ')}. In a process of its own a crash costs a case.`,
    value: 'KIND',
  },
  'memory-limit': {
    describe: 'Memory of a worker and all it starts, like 2 GB: a case beyond it is ended.',
    value: 'SIZE',
  },
  'retry-memory-factor': {
    describe: 'A case that ran out of memory may use X times as much in its next attempt.',
    value: 'X',
  },
  checkpoint: {
    describe:
      'Results are committed to disk after N of them, or after TIME (2 s), or whichever comes first: N,TIME.',
    value: 'N|TIME',
  },
  threads: { describe: 'Threads that the kernel of a worker may use.', value: 'N' },
} as const satisfies Readonly<Record<string, Option>>;

/** Throws InputError for values that cannot be used. */
export function readExecutionOptions(args: Arguments): ExecutionChange {
  const timeoutMs = durationOption(args, 'timeout');
  const stallMs = durationOption(args, 'stall');
  const retries = countOption(args, 'retries', 0);
  const isolation = choiceOption(args, 'isolation', isolations);
  const memoryLimitBytes = bytesOption(args, 'memory-limit');
  const retryMemoryFactor = factorOption(args, 'retry-memory-factor');
  const checkpoint = checkpointOption(args);
  const threads = countOption(args, 'threads', 1);
  return {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(stallMs !== undefined && { stallMs }),
    ...(retries !== undefined && { retries }),
    ...(isolation !== undefined && { isolation }),
    ...(memoryLimitBytes !== undefined && { memoryLimitBytes }),
    ...(retryMemoryFactor !== undefined && { retryMemoryFactor }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(threads !== undefined && { threads }),
  };
}

/** A bare number counts results; a time has its unit. What is not given stays as the study says. */
function checkpointOption(args: Arguments): ExecutionChange['checkpoint'] {
  const text = textOption(args, 'checkpoint');
  if (text === undefined) return undefined;
  const words = text.split(',').map((word) => word.trim());
  const counts = words.filter((word) => /^[\d_]+$/.test(word));
  const times = words.filter((word) => !counts.includes(word));
  const [ms] = times.map((word) => (word === 'none' ? Number.POSITIVE_INFINITY : parseDurationMs(word)));
  if (counts.length > 1 || times.length > 1 || (times.length > 0 && ms === undefined)) {
    throw new InputError(`${shownName(args, 'checkpoint')} cannot be used`, {
      expected: 'a number of results, a time with its unit such as 500 ms or 2 min, or both with a comma',
      given: JSON.stringify(text),
    });
  }
  return {
    ...(counts[0] !== undefined && { cases: parseCount(counts[0], shownName(args, 'checkpoint'), 1) }),
    ...(ms !== undefined && { ms }),
  };
}
