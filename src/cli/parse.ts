/** The command line's text as a command and its arguments. */
import parseArguments from 'yargs-parser';
import { InputError } from '../errors/input-error.js';
import { suggestion } from '../study/nearest.js';
import { type Arguments, type Command, environmentArguments } from './command.js';
import { commandHelp, programHelp, usageOf } from './help.js';

export type Parsed =
  | { readonly kind: 'command'; readonly command: Command; readonly args: Arguments }
  /** Help or version: what to print. */
  | { readonly kind: 'text'; readonly text: string };

export interface ParseContext {
  readonly program: string;
  readonly version: string;
  /** Width that help may take. */
  readonly columns: number;
  readonly environment: NodeJS.ProcessEnv;
}

/** Throws InputError for everything that is not understood, naming the nearest thing that would be. */
export function parseCommandLine(
  argv: readonly string[],
  commands: readonly Command[],
  { program, version, columns, environment }: ParseContext,
): Parsed {
  const [first] = argv;
  if (first === '--version') return { kind: 'text', text: version };
  if (isHelp(first)) {
    return { kind: 'text', text: programHelp(commands, program, columns) };
  }
  const command = commands.find(({ name }) => name.split(' ').every((word, i) => word === argv[i]));
  if (!command) {
    const group = isHelp(argv[1]) ? commands.filter(({ name }) => name.startsWith(`${first} `)) : [];
    if (group.length === 0) throw unknownCommand(argv, commands);
    const texts = group.map((member) => commandHelp(member, program, columns));
    return { kind: 'text', text: texts.join('\n\n') };
  }
  const rest = argv.slice(command.name.split(' ').length);
  const values = optionsAndArguments(withDashes(rest, command), command);
  if (values.help || values.h) return { kind: 'text', text: commandHelp(command, program, columns) };
  const args = checkedArguments(command, values);
  if (!command.isFromEnvironment) return { kind: 'command', command, args };
  return {
    kind: 'command',
    command,
    args: { ...environmentArguments(command.options, environment), ...args },
  };
}

function isHelp(word: string | undefined): boolean {
  return word === '--help' || word === '-h';
}

/** `--option -` as `--option=-`: what stands for standard input would else be taken for an argument of its own. */
function withDashes(argv: readonly string[], { options }: Command): string[] {
  const isDashed = (i: number): boolean => {
    const option = argv[i]?.startsWith('--') ? options[argv[i].slice(2)] : undefined;
    return argv[i + 1] === '-' && option !== undefined && !option.isFlag;
  };
  return argv.flatMap((word, i) =>
    isDashed(i) ? [`${word}=-`] : word === '-' && isDashed(i - 1) ? [] : [word],
  );
}

/** Every value stays text: what it means, and what is wrong with it, is said by who uses it. */
function optionsAndArguments(
  argv: readonly string[],
  { options }: Command,
): Readonly<Record<string, unknown>> {
  const flags = Object.keys(options).filter((name) => options[name]?.isFlag);
  const values = Object.keys(options).filter((name) => !options[name]?.isFlag);
  return parseArguments([...argv], {
    boolean: [...flags, 'help', 'h'],
    string: [...values, '_'],
    configuration: {
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': false,
    },
  });
}

function unknownCommand([given, next]: readonly string[], commands: readonly Command[]): InputError {
  const names = commands.map(({ name }) => name);
  const second = names.filter((name) => name.startsWith(`${given} `)).map((name) => name.split(' ')[1]!);
  if (second.length > 0) {
    return new InputError(`${given} does one of several things`, {
      expected: second.map((word) => `${given} ${word}`).join(', '),
      given: next === undefined ? `${given} alone` : `${given} ${next}`,
    });
  }
  if (given === undefined) return new InputError('no command given', { expected: names.join(', ') });
  if (given.startsWith('-')) {
    return new InputError(`the command comes first, before options such as ${given}`, {
      expected: `one of ${names.join(', ')}`,
    });
  }
  const hint = suggestion(given, names);
  return new InputError(`unknown command '${given}'`, hint === undefined ? {} : { hint });
}

function checkedArguments(command: Command, values: Readonly<Record<string, unknown>>): Arguments {
  const args: Record<string, string | boolean> = {};
  for (const [name, value] of Object.entries(values)) {
    if (name === '_' || name === '$0' || name === 'help' || name === 'h' || value === undefined) continue;
    const option = command.options[name];
    if (!option) throw unknownOption(command, name);
    if (!option.isFlag && value === '') {
      throw new InputError(`--${name} needs a value`, { expected: `--${name} ${option.value ?? 'VALUE'}` });
    }
    args[name] = option.isFlag ? value === true : String(value);
  }
  const given = (values._ as readonly unknown[]).map(String);
  const { insteadOfPositionals: instead } = command;
  const names = instead !== undefined && instead in args ? [] : Object.keys(command.positionals);
  names.forEach((name, i) => {
    const value = given[i];
    if (value === undefined || value === '') {
      throw new InputError(`${command.name} needs ${name}`, {
        expected: `${usageOf(command)}: ${command.positionals[name]}`,
      });
    }
    args[name] = value;
  });
  if (given.length > names.length) {
    throw new InputError(`unexpected argument '${given[names.length]}'`, { expected: usageOf(command) });
  }
  return args;
}

function unknownOption(command: Command, name: string): InputError {
  const dashed = (option: string): string => (option.length === 1 ? `-${option}` : `--${option}`);
  const hint = suggestion(dashed(name), Object.keys(command.options).map(dashed));
  const message = `unknown option ${dashed(name)} of ${command.name}`;
  return new InputError(message, hint === undefined ? {} : { hint });
}
