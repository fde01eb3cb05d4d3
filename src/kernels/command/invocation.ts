/** From a case to what is started for it. */
import { resolve } from 'node:path';
import { commandList, type Step } from '../../process/spawn/command-list.js';
import { shellText } from '../../process/spawn/shell-line.js';
import { shellWord } from '../../process/spawn/shell-word.js';
import { type Part, parsePlaceholders, valueText } from '../../study/command/placeholders.js';
import { type CommandSource, commandColumn } from '../../study/command/source.js';

export interface Invocation {
  readonly argv: readonly string[];
  /** The commands of a line, for where they can be started one by one in the place of `argv`, a shell. */
  readonly steps?: readonly Step[];
  /** Variables that differ from case to case. */
  readonly variables: Readonly<Record<string, string>>;
  /** Text on its standard input; nothing when absent. */
  readonly stdin?: string;
}

/** Values of the inputs by name. */
type Values = Readonly<Record<string, unknown>>;

export const shell = '/bin/sh';

/** `isEveryLineForShell`: even plain lines, because functions may stand behind any name. */
export function invoker(
  source: CommandSource,
  isEveryLineForShell: boolean,
): (values: Values, caseNumber: number) => Invocation {
  const argvOf = argvMaker(source, isEveryLineForShell);
  const variables = Object.entries(source.environment).map(
    ([name, text]) => [name, renderer(text, plain)] as const,
  );
  const stdinOf = stdinMaker(source);
  return (values, caseNumber) => {
    const all: Record<string, string> = { SHOAL_CASE: String(caseNumber) };
    for (const [name, render] of variables) all[name] = render(values, caseNumber);
    const stdin = stdinOf?.(values, caseNumber);
    return { ...argvOf(values, caseNumber), variables: all, ...(stdin !== undefined && { stdin }) };
  };
}

/** Names of the columns that a command needs of a case; undefined for all. */
export function neededColumns(source: CommandSource): ReadonlySet<string> | undefined {
  const { call, stdin, environment } = source;
  if (stdin.kind === 'json') return undefined;
  const texts = Object.values(environment);
  if (call.kind === 'words') texts.push(...call.words);
  if (call.kind === 'shell') texts.push(call.text);
  if (stdin.kind === 'text') texts.push(stdin.text);
  const names = texts
    .flatMap(parsePlaceholders)
    .flatMap((part) => (part.kind === 'value' && part.name !== 'case' ? [part.name] : []));
  if (call.kind === 'line') names.push(commandColumn);
  return new Set(names);
}

type Argv = Pick<Invocation, 'argv' | 'steps'>;

function argvMaker(
  { call, path, host }: CommandSource,
  isEveryLineForShell: boolean,
): (values: Values, caseNumber: number) => Argv {
  switch (call.kind) {
    case 'words': {
      const [program, ...rest] = call.words.map((word) => renderer(word, plain));
      return (values, caseNumber) => {
        const name = program?.(values, caseNumber) ?? '';
        // The program lies beside the study, wherever it runs; that of another host where that host says.
        const file = name.includes('/') && host === undefined ? resolve(path, name) : name;
        return { argv: [file, ...rest.map((render) => render(values, caseNumber))] };
      };
    }
    case 'shell': {
      const render = renderer(call.text, shellWord);
      return (values, caseNumber) => argvOfLine(render(values, caseNumber), isEveryLineForShell);
    }
    case 'line':
      return (values) => argvOfLine(values[commandColumn] as string, isEveryLineForShell);
    default:
      return call satisfies never;
  }
}

function argvOfLine(line: string, isForShell: boolean): Argv {
  if (isForShell) return { argv: [shell, '-c', line] };
  const steps = commandList(line);
  return { argv: [shell, '-c', shellText(line)], ...(steps && { steps }) };
}

function stdinMaker({ stdin }: CommandSource): ((values: Values, caseNumber: number) => string) | undefined {
  switch (stdin.kind) {
    case 'none':
      return undefined;
    case 'text':
      return renderer(stdin.text, plain);
    case 'json':
      return (values) =>
        `${JSON.stringify(values, (_, value) => (ArrayBuffer.isView(value) ? listOf(value) : value))}\n`;
    default:
      return stdin satisfies never;
  }
}

function listOf(view: ArrayBufferView): number[] {
  return Array.from(view as Float64Array);
}

function renderer(
  text: string,
  quote: (text: string) => string,
): (values: Values, caseNumber: number) => string {
  const parts = parsePlaceholders(text);
  const [only] = parts;
  if (parts.length <= 1 && only?.kind !== 'value') {
    const fixed = only?.text ?? '';
    return () => fixed;
  }
  const valueTextOf = (
    { name, element }: Part & { kind: 'value' },
    values: Values,
    caseNumber: number,
  ): string => quote(name === 'case' ? String(caseNumber) : valueText(values[name], element));
  return (values, caseNumber) =>
    parts.map((part) => (part.kind === 'text' ? part.text : valueTextOf(part, values, caseNumber))).join('');
}

function plain(text: string): string {
  return text;
}
