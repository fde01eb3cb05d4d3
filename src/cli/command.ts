/** What a command is, and how it reads its arguments: text comes in, values or a clear InputError come out. */
import { InputError } from '../errors/input-error.js';
import { bytesWords, durationWords, parseBytes, parseDurationMs } from '../study/quantities.js';
import type { CommandContext } from './context.js';

/** Option values as given: text, or true for a flag. Positional arguments stand under their names. */
export type Arguments = Readonly<Record<string, string | boolean | undefined>>;

export interface Option {
  readonly describe: string;
  /** A flag takes no value. */
  readonly isFlag?: true;
  /** Name of the value in the help: `N`, `FILE`. */
  readonly value?: string;
}

export interface Command {
  readonly name: string;
  readonly describe: string;
  /** Required, in order. */
  readonly positionals: Readonly<Record<string, string>>;
  /** Option that is given in place of the positional arguments. */
  readonly insteadOfPositionals?: string;
  readonly options: Readonly<Record<string, Option>>;
  /** True where variables (`variableOf`) stand for options that are not given. */
  readonly isFromEnvironment?: true;
  /** Sentences at the end of the help. */
  readonly notes?: readonly string[];
  /** Resolves to the exit code: 0, 1 when cases failed, 130 when interrupted. Bad input is an InputError. */
  handle(args: Arguments, context: CommandContext): Promise<number>;
}

/** As given on the command line, else as the environment has it. */
export function textOption(args: Arguments, name: string): string | undefined {
  const value = args[name] ?? args[variableOf(name)];
  return typeof value === 'string' ? value : undefined;
}

/** The variable that stands for an option: `SHOAL_TIMEOUT` for `timeout`. */
export function variableOf(option: string): string {
  return `SHOAL_${option.toUpperCase().replaceAll('-', '_')}`;
}

/** The options of a command that the environment sets, by their variables. */
export function environmentArguments(options: Command['options'], environment: NodeJS.ProcessEnv): Arguments {
  const variables = Object.keys(options)
    .filter((name) => !options[name]?.isFlag)
    .map(variableOf)
    .filter((variable) => environment[variable]);
  return Object.fromEntries(variables.map((variable) => [variable, environment[variable]]));
}

/** How the user gave an option, for messages: `--timeout`, or `SHOAL_TIMEOUT`. */
export function shownName(args: Arguments, name: string): string {
  return args[name] === undefined ? variableOf(name) : `--${name}`;
}

/** A positional argument; the parser has made sure that it is there. */
export function positional(args: Arguments, name: string): string {
  return textOption(args, name) ?? '';
}

export function hasFlag(args: Arguments, name: string): boolean {
  return args[name] === true;
}

/** A whole number of at least `least`. */
export function countOption(args: Arguments, name: string, least: number): number | undefined {
  const text = textOption(args, name);
  return text === undefined ? undefined : parseCount(text, shownName(args, name), least);
}

/** Whole numbers of at least `least`, separated by commas. */
export function countsOption(args: Arguments, name: string, least: number): readonly number[] | undefined {
  const text = textOption(args, name);
  return text?.split(',').map((part) => parseCount(part.trim(), shownName(args, name), least));
}

/** `text` as a whole number of at least `least`; `what` names it in the error. */
export function parseCount(text: string, what: string, least: number): number {
  const value = /^\d+$/.test(text.replaceAll('_', '')) ? Number(text.replaceAll('_', '')) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InputError(`${what} cannot be used`, {
    expected: `a whole number of at least ${least}`,
    given: JSON.stringify(text),
  });
}

/** A number of at least 1. */
export function factorOption(args: Arguments, name: string): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1) return value;
  throw new InputError(`${shownName(args, name)} cannot be used`, {
    expected: 'a number of at least 1, like 2 or 1.5',
    given: JSON.stringify(text),
  });
}

/** One of `choices`. */
export function choiceOption<T extends string>(
  args: Arguments,
  name: string,
  choices: readonly T[],
): T | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (found) return found;
  throw new InputError(`${shownName(args, name)} cannot be used`, {
    expected: `one of ${choices.join(', ')}`,
    given: JSON.stringify(text),
  });
}

/** A time as text, in milliseconds; Infinity for `none`. */
export function durationOption(args: Arguments, name: string): number | undefined {
  return quantityOption(args, name, parseDurationMs, durationWords);
}

/** A size as text, in bytes; Infinity for `none`. */
export function bytesOption(args: Arguments, name: string): number | undefined {
  return quantityOption(args, name, parseBytes, bytesWords);
}

function quantityOption(
  args: Arguments,
  name: string,
  parse: (text: string) => number | undefined,
  words: string,
): number | undefined {
  const text = textOption(args, name);
  if (text === undefined) return undefined;
  const value = text === 'none' ? Number.POSITIVE_INFINITY : parse(text);
  if (value !== undefined) return value;
  throw new InputError(`${shownName(args, name)} cannot be used`, {
    expected: `${words}, or none`,
    given: JSON.stringify(text),
  });
}
