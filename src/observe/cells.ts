/** Text as it lies in the cells of a terminal. */

/** On one line and without what a terminal would obey: messages come from programs that we do not know. */
export function cleaned(text: string): string {
  return text
    .replaceAll(escapeSequences, '')
    .replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are taken out.
const escapeSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g;

/** Cells that a text takes: two for wide characters, none for marks on the character before. */
export function cellsOf(text: string): number {
  if (narrow.test(text)) return text.length;
  let cells = 0;
  for (const character of text) cells += widthOf(character);
  return cells;
}

/** At most `cells` cells; what is left out shows as a mark at the end. */
export function fitted(text: string, cells: number, isUnicode: boolean): string {
  if (cellsOf(text) <= cells) return text;
  const mark = isUnicode ? '…' : '...';
  if (cells < mark.length) return mark.slice(0, Math.max(0, cells));
  let kept = '';
  let left = cells - mark.length;
  for (const character of text) {
    left -= widthOf(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept.trimEnd()}${mark}`;
}

export function padded(text: string, cells: number, side: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, cells - cellsOf(text)));
  return side === 'left' ? text + space : space + text;
}

const narrow = /^[\u0020-\u024f\u2010-\u2027\u2500-\u259f]*$/;
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

function widthOf(character: string): number {
  if (/^\p{M}/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}
