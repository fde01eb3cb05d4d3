/** Options of a run with the environment's in the places of those that are absent, and every default filled. */
import { choiceOption, countOption, durationOption, environmentArguments } from '../cli/command.js';
import { readExecutionOptions } from '../cli/options/execution-options.js';
import { runOptions } from '../cli/options/run-options.js';
import { InputError } from '../errors/input-error.js';
import { availableCores } from '../process/node/cores.js';
import { strategies } from '../study/study.js';
import { checkOptions } from './check-options.js';
import { type ExecutionOptions, type ExecutorKind, executorKinds, type RunOptions } from './options.js';

export interface SettledOptions extends RunOptions {
  readonly executor: ExecutorKind;
  readonly ranks: number;
  /** Nobody said how many: as many as this machine has cores for, or memory. */
  readonly isRanksFound: boolean;
  readonly execution: ExecutionOptions;
  readonly fallback: 'sequential' | 'none';
}

const settings = { ...runOptions, executor: { describe: 'Kind of executor.', value: 'NAME' } };

/** Throws InputError for an option or a variable that cannot be used. */
export function settleOptions(options: RunOptions, environment: NodeJS.ProcessEnv): SettledOptions {
  checkOptions(options);
  const args = environmentArguments(settings, environment);
  const executor =
    options.executor ?? choiceOption(args, 'executor', executorKinds) ?? ('adaptive' satisfies ExecutorKind);
  refuseUnknown('executor', executor, executorKinds);
  const strategy = options.strategy ?? choiceOption(args, 'strategy', strategies);
  if (strategy !== undefined) refuseUnknown('strategy', strategy, strategies);
  for (const key of ['ranks', 'limit', 'verify'] as const) refuseNoCount(key, options[key]);
  const timeLimitMs = options.timeLimitMs ?? durationOption(args, 'time-limit');
  if (timeLimitMs !== undefined && !(timeLimitMs > 0)) {
    throw new InputError('the option timeLimitMs cannot be used', {
      expected: 'a positive number of milliseconds',
      given: String(timeLimitMs),
    });
  }
  const ranks = options.ranks ?? countOption(args, 'ranks', 1);
  return {
    ...options,
    executor,
    ranks: ranks ?? availableCores(),
    isRanksFound: ranks === undefined,
    execution: {
      ...readExecutionOptions(args),
      ...givenOf(options.execution),
    },
    fallback: options.fallback ?? (executor === 'adaptive' ? 'sequential' : 'none'),
    ...(strategy === undefined ? {} : { strategy }),
    ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
  };
}

function givenOf(execution: ExecutionOptions = {}): ExecutionOptions {
  return Object.fromEntries(Object.entries(execution).filter(([, value]) => value !== undefined));
}

function refuseUnknown(name: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  throw new InputError(`the option ${name} cannot be used`, {
    expected: `one of ${choices.join(', ')}`,
    given: JSON.stringify(value),
  });
}

function refuseNoCount(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return;
  throw new InputError(`the option ${name} cannot be used`, {
    expected: 'a whole number of at least 1',
    given: String(value),
  });
}
