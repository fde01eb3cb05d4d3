/** A configuration file of ssh as lines of words. */
import { InputError } from '../../errors/input-error.js';

export interface ConfigLine {
  /** In lower case. */
  readonly keyword: string;
  readonly words: readonly string[];
  /** All behind the keyword as it stands there: what commands are made of. */
  readonly rest: string;
  readonly file: string;
  readonly line: number;
}

export function configLines(text: string, file: string): ConfigLine[] {
  return text.split('\n').flatMap((raw, index) => {
    const trimmed = raw.replaceAll('\r', '').trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    // The keyword ends at a blank or at one equals sign with blanks around it.
    const found = /^"?([^\s="]+)"?(?:[ \t]*=[ \t]*|[ \t]+|$)(.*)$/.exec(trimmed);
    if (!found) throw new InputError('Not a line of an ssh configuration', { file, line: index + 1 });
    const [, keyword = '', rest = ''] = found;
    return [
      {
        keyword: keyword.toLowerCase(),
        words: splitWords(rest, file, index + 1),
        rest,
        file,
        line: index + 1,
      },
    ];
  });
}

/** Blanks separate, quotes join, a backslash stands before quotes and itself; a `#` that begins a word ends the line. */
function splitWords(text: string, file: string, line: number): string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ' || text[at] === '\t') {
      at++;
      continue;
    }
    if (text[at] === '#') break;
    let word = '';
    let quote: string | undefined;
    for (; at < text.length; at++) {
      const character = text[at] as string;
      const next = text[at + 1];
      if (character === '\\' && (next === '"' || next === "'" || next === '\\' || (!quote && next === ' '))) {
        word += next;
        at++;
      } else if (!quote && (character === ' ' || character === '\t')) break;
      else if (!quote && (character === '"' || character === "'")) quote = character;
      else if (character === quote) quote = undefined;
      else word += character;
    }
    if (quote) throw new InputError(`A quote ${quote} without its end`, { file, line });
    words.push(word);
  }
  return words;
}
