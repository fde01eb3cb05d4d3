/** Options of programs as plain JavaScript gives them, which no compiler has looked at. */
import { InputError } from '../errors/input-error.js';
import { isolations } from '../study/execution.js';
import { nearest } from '../study/nearest.js';
import type { ExecutionOptions, RunOptions } from './options.js';

const known: Readonly<Record<keyof RunOptions, true>> = {
  ...{ executor: true, ranks: true, execution: true, strategy: true, chunk: true, fallback: true },
  ...{ runDir: true, folder: true, limit: true, verify: true, timeLimitMs: true, retry: true },
  ...{ signal: true, reporters: true, onProgress: true, onNotice: true },
};

const isPositive = (value: unknown): boolean => typeof value === 'number' && value > 0;
const isCount =
  (least: number) =>
  (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= least;

/** What each takes, in words and as a test. */
const executionRules: Readonly<
  Record<keyof ExecutionOptions, readonly [expected: string, isUsable: (value: unknown) => boolean]>
> = {
  timeoutMs: ['a positive number of milliseconds', isPositive],
  stallMs: ['a positive number of milliseconds', isPositive],
  retries: ['a whole number of at least 0', isCount(0)],
  isolation: [`one of ${isolations.join(', ')}`, (value) => isolations.some((each) => each === value)],
  memoryLimitBytes: ['a positive number of bytes', isPositive],
  retryMemoryFactor: ['a number of at least 1', (value) => Number.isFinite(value) && (value as number) >= 1],
  threads: ["a whole number of at least 1, or 'auto'", (value) => value === 'auto' || isCount(1)(value)],
};

/** Throws InputError for an option that there is not, or that cannot be used. */
export function checkOptions(options: RunOptions): void {
  refuseStrangers('', options, known);
  const { chunk, execution = {} } = options;
  if (chunk !== undefined && chunk !== 'auto' && !isCount(1)(chunk)) {
    throw unusable('chunk', "a whole number of at least 1, or 'auto'", chunk);
  }
  refuseStrangers('execution.', execution, executionRules);
  for (const [key, [expected, isUsable]] of Object.entries(executionRules)) {
    const value = execution[key as keyof ExecutionOptions];
    if (value !== undefined && !isUsable(value)) throw unusable(`execution.${key}`, expected, value);
  }
}

function refuseStrangers(place: string, options: object, names: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(options)) {
    if (Object.hasOwn(names, key)) continue;
    const near = nearest(key, Object.keys(names));
    throw new InputError(`there is no option ${place}${key}`, {
      expected: Object.keys(names).join(', '),
      ...(near !== undefined && { hint: `Did you mean '${near}'?` }),
    });
  }
}

function unusable(name: string, expected: string, given: unknown): InputError {
  return new InputError(`the option ${name} cannot be used`, { expected, given: String(given) });
}
