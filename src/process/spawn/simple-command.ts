/**
 * Simple commands, as POSIX calls a program with its arguments, redirections and variables, read where every shell reads
 * them alike. Whatever else a line holds makes it the shell's.
 */
import { isShellsOwn } from './shell-line.js';

/** Of one argument: text as it stands, or the value of a variable. */
export type WordPart =
  | { readonly kind: 'text'; readonly text: string }
  /** A value without quotes around it would be split and taken for a pattern. */
  | { readonly kind: 'variable'; readonly name: string; readonly isQuoted: boolean };

export type Word = readonly WordPart[];

export type Redirection =
  | { readonly kind: 'file'; readonly stream: Stream; readonly mode: FileMode; readonly file: Word }
  | { readonly kind: 'copy'; readonly stream: 1 | 2; readonly from: 1 | 2 };

export type Stream = 0 | 1 | 2;
export type FileMode = 'read' | 'write' | 'append';

export interface SimpleCommand {
  readonly variables: readonly { readonly name: string; readonly value: Word }[];
  /** Program and arguments; never empty. */
  readonly words: readonly Word[];
  /** In the order in which they take effect. */
  readonly redirections: readonly Redirection[];
}

export type Token =
  /** `source`: the word as it is written. */
  | { readonly kind: 'word'; readonly word: Word; readonly source: string }
  | { readonly kind: 'redirection'; readonly redirection: Redirection }
  | {
      readonly kind: 'separator';
      readonly operator: '&&' | '||' | ';';
      readonly start: number;
      readonly end: number;
    };

/** The tokens of a line; undefined where it has anything that only a shell understands. */
export function tokensOf(line: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = skipBlanks(line, 0); at < line.length; at = skipBlanks(line, at)) {
    const read = separatorAt(line, at) ?? redirectionAt(line, at) ?? wordTokenAt(line, at);
    if (!read) return undefined;
    tokens.push(read.token);
    at = read.end;
  }
  return tokens;
}

/** The command of tokens without separators; undefined where a shell would see another kind of command. */
export function simpleCommand(tokens: readonly Token[]): SimpleCommand | undefined {
  const variables: { name: string; value: Word }[] = [];
  const words: Word[] = [];
  const redirections: Redirection[] = [];
  for (const token of tokens) {
    if (token.kind === 'redirection') redirections.push(token.redirection);
    if (token.kind !== 'word') continue;
    const name = words.length === 0 ? assignedName.exec(token.source)?.[1] : undefined;
    if (name === undefined) words.push(token.word);
    // What a program is started with cannot change where it is looked for, or how the shell itself works.
    else if (name === 'PATH' || isShellsVariable(name) || uses(token.word, variables)) return undefined;
    else variables.push({ name, value: withoutStart(token.word, name.length + 1) });
    // `a+=1` appends, `a[1]=2` is an array's.
    if (words.length === 1 && words[0] === token.word && token.source.includes('=')) return undefined;
  }
  const [program] = words;
  return program && !isShellsAlone(program) ? { variables, words, redirections } : undefined;
}

/** A keyword, or a command that changes the shell for those behind it: the others are nothing without it. */
function isShellsAlone([first, ...rest]: Word): boolean {
  return first?.kind === 'text' && rest.length === 0 && first.text !== 'echo' && isShellsOwn(first.text);
}

/**
 * Variables that shells set themselves, whatever the environment says. Without those that only some shells know a value
 * might come from the environment that these would not give.
 */
export function isShellsVariable(name: string): boolean {
  return /^(?:BASH|COMP|DIRSTACK|E?[UG]ID$|EPOCH|FUNCNAME|GROUPS|HIST|HOST|IFS$|LINENO|LINES$|COLUMNS$|MACHTYPE|MAIL|OLDPWD|OPT|OSTYPE|PIPESTATUS|POSIXLY|PPID|PS[0-9]|PWD|RANDOM|REPLY|SECONDS|SHELLOPTS|SHLVL|SRANDOM|_$)/.test(
    name,
  );
}

const assignedName = /^([A-Za-z_]\w*)=/;

/** Characters that mean themselves in every word of every shell. */
const plain = /[\w./:=@%+,-]+/y;

/** Those that mean themselves between double quotes. */
const plainInQuotes = /[^"$`\\!\0\n]+/y;

const variable = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/y;
const blanks = /[ \t]*/y;

interface Read<T> {
  readonly token: T;
  readonly end: number;
}

function separatorAt(line: string, at: number): Read<Token> | undefined {
  const operator = (['&&', '||', ';'] as const).find((one) => line.startsWith(one, at));
  if (!operator) return undefined;
  const end = at + operator.length;
  return { token: { kind: 'separator', operator, start: at, end }, end };
}

const copied = /([12]?)>&([12])(?=[ \t;&|]|$)/y;
const toFile = /([012]?)(>>|>|<)(?![>&<(|])[ \t]*/y;

function redirectionAt(line: string, at: number): Read<Token> | undefined {
  const copy = matchAt(copied, line, at);
  if (copy) {
    const stream = copy[1] === '2' ? 2 : 1;
    const from = copy[2] === '2' ? 2 : 1;
    return {
      token: { kind: 'redirection', redirection: { kind: 'copy', stream, from } },
      end: at + copy[0].length,
    };
  }
  const opening = matchAt(toFile, line, at);
  if (!opening) return undefined;
  const [text, number, operator] = opening;
  const stream = number === '' ? (operator === '<' ? 0 : 1) : (Number(number) as Stream);
  // Reading from 1 or writing to 0 is allowed, and nobody does it.
  if ((stream === 0) !== (operator === '<')) return undefined;
  const word = wordAt(line, at + text.length);
  if (!word) return undefined;
  const mode = operator === '<' ? 'read' : operator === '>' ? 'write' : 'append';
  return {
    token: { kind: 'redirection', redirection: { kind: 'file', stream, mode, file: word.token } },
    end: word.end,
  };
}

function wordTokenAt(line: string, at: number): Read<Token> | undefined {
  const read = wordAt(line, at);
  return (
    read && { token: { kind: 'word', word: read.token, source: line.slice(at, read.end) }, end: read.end }
  );
}

/** A word ends at a blank or at an operator; undefined where it is empty, or has what only a shell understands. */
function wordAt(line: string, start: number): Read<Word> | undefined {
  const parts: WordPart[] = [];
  let at = start;
  while (at < line.length && !endsWord(line, at)) {
    const end = partAt(line, at, parts);
    if (end === undefined) return undefined;
    at = end;
  }
  // Digits before `>` name a stream, and are no word.
  if (/[<>]/.test(line[at] ?? '') && /^\d+$/.test(line.slice(start, at))) return undefined;
  return at === start ? undefined : { token: joined(parts), end: at };
}

function endsWord(line: string, at: number): boolean {
  return ' \t;&|<>'.includes(line[at] as string);
}

/** Reads one part at `at`, and tells where it ends. */
function partAt(line: string, at: number, parts: WordPart[]): number | undefined {
  const text = matchAt(plain, line, at)?.[0];
  if (text !== undefined) {
    parts.push({ kind: 'text', text });
    return at + text.length;
  }
  switch (line[at]) {
    case "'": {
      const end = line.indexOf("'", at + 1);
      if (end < 0) return undefined;
      parts.push({ kind: 'text', text: line.slice(at + 1, end) });
      return end + 1;
    }
    case '"':
      return quotedAt(line, at + 1, parts);
    case '\\': {
      const escaped = line[at + 1];
      if (escaped === undefined || !/[\x20-\x7e]/.test(escaped)) return undefined;
      parts.push({ kind: 'text', text: escaped });
      return at + 2;
    }
    case '$':
      return variableAt(line, at, parts, false);
    default:
      return undefined;
  }
}

/** Inside double quotes, from behind the first to behind the last. */
function quotedAt(line: string, start: number, parts: WordPart[]): number | undefined {
  parts.push({ kind: 'text', text: '' });
  for (let at = start; at < line.length; ) {
    const text = matchAt(plainInQuotes, line, at)?.[0];
    if (text !== undefined) {
      parts.push({ kind: 'text', text });
      at += text.length;
    } else if (line[at] === '"') {
      return at + 1;
    } else if (line[at] === '\\' && '"\\$`'.includes(line[at + 1] ?? ' ')) {
      parts.push({ kind: 'text', text: line[at + 1] as string });
      at += 2;
    } else if (line[at] === '\\') {
      // Before any other character it is itself.
      parts.push({ kind: 'text', text: '\\' });
      at++;
    } else {
      const end = line[at] === '$' ? variableAt(line, at, parts, true) : undefined;
      if (end === undefined) return undefined;
      at = end;
    }
  }
  return undefined;
}

function variableAt(line: string, at: number, parts: WordPart[], isQuoted: boolean): number | undefined {
  const match = matchAt(variable, line, at);
  const name = match?.[1] ?? match?.[2];
  if (!match || name === undefined || isShellsVariable(name)) return undefined;
  parts.push({ kind: 'variable', name, isQuoted });
  return at + match[0].length;
}

/** Neighbouring texts as one. */
function joined(parts: readonly WordPart[]): Word {
  const word: WordPart[] = [];
  for (const part of parts) {
    const last = word.at(-1);
    if (part.kind === 'text' && last?.kind === 'text') {
      word[word.length - 1] = { kind: 'text', text: last.text + part.text };
    } else word.push(part);
  }
  return word;
}

function withoutStart([first, ...rest]: Word, length: number): Word {
  const text = first?.kind === 'text' ? first.text.slice(length) : '';
  return [{ kind: 'text', text }, ...rest];
}

function uses(word: Word, variables: readonly { readonly name: string }[]): boolean {
  return word.some((part) => part.kind === 'variable' && variables.some(({ name }) => name === part.name));
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}

function skipBlanks(line: string, at: number): number {
  return at + (matchAt(blanks, line, at)?.[0].length ?? 0);
}
