/** From a simple command to what is started: the values of its variables, and the files of its redirections. */
import type { FileRedirection, StreamCopy } from './command.js';
import { isPlainEcho, isShellsOwn } from './shell-line.js';
import type { Redirection, SimpleCommand, Word } from './simple-command.js';

export interface ExpandedCommand {
  readonly argv: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly redirections: readonly (FileRedirection | StreamCopy)[];
}

/** Undefined where only a shell knows what it comes to. `valueNamed` knows the variables of the environment. */
export function expandCommand(
  { words, variables, redirections }: SimpleCommand,
  cwd: string,
  valueNamed: (name: string) => string | undefined,
): ExpandedCommand | undefined {
  const argv: string[] = [];
  for (const word of words) {
    const text = expandWord(word, valueNamed, false);
    if (text === undefined) return undefined;
    argv.push(text);
  }
  if (isShellsOwn(argv[0] as string) && !isPlainEcho(argv)) return undefined;
  const values: Record<string, string> = {};
  for (const { name, value } of variables) {
    const text = expandWord(value, valueNamed, true);
    if (text === undefined) return undefined;
    values[name] = text;
  }
  const files: (FileRedirection | StreamCopy)[] = [];
  for (const redirection of redirections) {
    const file = expandRedirection(redirection, cwd, valueNamed);
    if (!file) return undefined;
    files.push(file);
  }
  return { argv, variables: values, redirections: files };
}

function expandRedirection(
  redirection: Redirection,
  cwd: string,
  valueNamed: (name: string) => string | undefined,
): FileRedirection | StreamCopy | undefined {
  if (redirection.kind === 'copy') return redirection;
  const { stream, mode, file } = redirection;
  const name = expandWord(file, valueNamed, false);
  if (name === undefined || name === '') return undefined;
  // Not normalised: what `..` means behind a symbolic link is for the file system to say.
  return { kind: 'file', stream, mode, path: name.startsWith('/') ? name : `${cwd}/${name}` };
}

/** `isWhole`: a value is never split, with quotes or without, as where it is assigned to a variable. */
function expandWord(
  word: Word,
  valueNamed: (name: string) => string | undefined,
  isWhole: boolean,
): string | undefined {
  let text = '';
  for (const part of word) {
    if (part.kind === 'text') {
      text += part.text;
      continue;
    }
    const value = valueNamed(part.name);
    if (value === undefined || !(isWhole || part.isQuoted || unsplit.test(value))) return undefined;
    text += value;
  }
  return text;
}

/** Values that splitting and patterns leave alone. */
const unsplit = /^[\w./:=@%+,-]+$/;
