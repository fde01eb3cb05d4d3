/** Text as words, the way a shell splits it, for commands that are started without one. */

export type Words =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Something that only a shell understands, or a quote without an end. */
  | { readonly kind: 'shell'; readonly found: string }
  | { readonly kind: 'open'; readonly quote: string };

const shellCharacters = /[|&;<>()$`*?[\]~#!\n]/;

/** Blanks separate, single and double quotes and backslashes join. */
export function splitWords(text: string): Words {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === ' ' || character === '\t') {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (character === "'" || character === '"') {
      const quoted = readQuoted(text, at);
      if (quoted.kind !== 'quoted') return quoted;
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (character === '\\' && at + 1 < text.length) {
      word = (word ?? '') + text[++at];
    } else if (shellCharacters.test(character) && !isPlaceholder(text, at)) {
      return { kind: 'shell', found: character };
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== undefined) words.push(word);
  return { kind: 'words', words };
}

/** The brackets of `{vector[2]}` are no pattern. */
function isPlaceholder(text: string, at: number): boolean {
  return (
    /\{[A-Za-z_]\w*$|\{[A-Za-z_]\w*\[\d+$/.test(text.slice(0, at)) && /^\[\d+\]\}|^\]\}/.test(text.slice(at))
  );
}

type Quoted =
  | { readonly kind: 'quoted'; readonly text: string; readonly end: number }
  | Exclude<Words, { kind: 'words' }>;

function readQuoted(text: string, start: number): Quoted {
  const quote = text[start] as string;
  let inside = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] as string;
    if (character === quote) return { kind: 'quoted', text: inside, end: at };
    if (quote === '"' && (character === '$' || character === '`')) return { kind: 'shell', found: character };
    if (quote === '"' && character === '\\' && /["\\$`]/.test(text[at + 1] ?? '')) inside += text[++at];
    else inside += character;
  }
  return { kind: 'open', quote };
}
