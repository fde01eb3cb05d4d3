/** Options by which one session computes its cases otherwise than the study says. */

import type { Execution } from '../study/execution.js';
import { isolations } from '../study/execution.js';
import {
  type Arguments,
  bytesOption,
  choiceOption,
  countOption,
  durationOption,
  type Option,
} from './command.js';

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
  threads: { describe: 'Threads that the kernel of a worker may use.', value: 'N' },
} as const satisfies Readonly<Record<string, Option>>;

/** Throws InputError for values that cannot be used. */
export function readExecutionOptions(args: Arguments): Partial<Execution> {
  const timeoutMs = durationOption(args, 'timeout');
  const stallMs = durationOption(args, 'stall');
  const retries = countOption(args, 'retries', 0);
  const isolation = choiceOption(args, 'isolation', isolations);
  const memoryLimitBytes = bytesOption(args, 'memory-limit');
  const threads = countOption(args, 'threads', 1);
  return {
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(stallMs !== undefined && { stallMs }),
    ...(retries !== undefined && { retries }),
    ...(isolation !== undefined && { isolation }),
    ...(memoryLimitBytes !== undefined && { memoryLimitBytes }),
    ...(threads !== undefined && { threads }),
  };
}
