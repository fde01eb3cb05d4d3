/**
 * Texts with `{parameter}` in them. `{case}` is the number of the case, `{vector}` its numbers with commas between,
 * `{vector[2]}` one of them. Any other use of braces means itself, as does `${name}`, which is the shell's; `{{name}}`
 * is how a text says `{name}`.
 */

export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly name: string; readonly element?: number };

const placeholder = /\{\{([A-Za-z_]\w*(?:\[\d+\])?)\}\}|(?<!\$)\{([A-Za-z_]\w*)(?:\[(\d+)\])?\}/g;

export function parsePlaceholders(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  const add = (piece: string): void => {
    if (piece !== '') parts.push({ kind: 'text', text: piece });
  };
  for (const match of text.matchAll(placeholder)) {
    const [whole, literal, name, element] = match;
    add(text.slice(at, match.index));
    if (literal !== undefined) add(`{${literal}}`);
    else {
      parts.push({
        kind: 'value',
        name: name as string,
        ...(element !== undefined && { element: Number(element) }),
      });
    }
    at = match.index + whole.length;
  }
  add(text.slice(at));
  return parts;
}

/** Numbers in the fewest digits that give the same number again. */
export function valueText(value: unknown, element?: number): string {
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  const numbers = value as ArrayLike<number>;
  return element === undefined ? Array.from(numbers, String).join(',') : String(numbers[element]);
}
