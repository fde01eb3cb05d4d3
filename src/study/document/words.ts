/** Values and expectations in words, short enough for one line of an error. */
import type { z } from 'zod';

const longest = 60;

/** A value as the user would recognise it. */
export function given(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string' && typeof value !== 'object') return `a ${typeof value}`;
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** What a schema's issue wanted, as a noun phrase. */
export function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return anyOf(issue.values.map((value) => String(value)));
    case 'too_small':
      return sized(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum);
    case 'too_big':
      return sized(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum);
    case 'invalid_format':
      return issue.message.startsWith('Invalid')
        ? `text of the form ${issue.pattern ?? issue.format}`
        : issue.message;
    case 'invalid_union':
      return anyOf([...new Set(issue.errors.flatMap((errors) => errors.slice(0, 1).map(expectation)))]);
    case 'invalid_key':
      return `as its key ${anyOf(issue.issues.slice(0, 1).map((one) => expectation(one as z.core.$ZodIssue)))}`;
    default:
      return issue.message;
  }
}

const kinds: Readonly<Record<string, string>> = {
  number: 'a finite number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'keys with values',
  record: 'keys with values',
};

function sized(origin: string, relation: string, bound: number | bigint): string {
  switch (origin) {
    case 'array':
      return `a list of ${relation} ${bound} entries`;
    case 'string':
      return `text of ${relation} ${bound} characters`;
    case 'int':
      return `a whole number, ${relation} ${bound}`;
    default:
      return `a number, ${relation} ${bound}`;
  }
}

function anyOf(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
