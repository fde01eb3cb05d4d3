/** Lines of a frame: pieces of text with their colours, cut to a width. */
import { cellsOf, fitted } from '../cells.js';

/** Text without control characters, and how it is painted. */
export type Piece = string | { readonly text: string; readonly paint: (text: string) => string };

/** The pieces one after the other in at most `columns` cells. */
export function lineOf(pieces: readonly Piece[], columns: number, isUnicode: boolean): string {
  let line = '';
  let left = columns;
  for (const piece of pieces) {
    if (left <= 0) break;
    const { text, paint } = typeof piece === 'string' ? { text: piece, paint: undefined } : piece;
    const cut = fitted(text, left, isUnicode);
    left = cut === text ? left - cellsOf(text) : 0;
    line += paint ? paint(cut) : cut;
  }
  return line;
}

/** Pieces with the last one at the right edge, where there is room for it. */
export function spreadLine(
  left: readonly Piece[],
  right: Piece,
  columns: number,
  isUnicode: boolean,
): string {
  const width = (piece: Piece): number => cellsOf(typeof piece === 'string' ? piece : piece.text);
  const gap = columns - left.reduce((sum, piece) => sum + width(piece), 0) - width(right);
  return gap < 2
    ? lineOf(left, columns, isUnicode)
    : lineOf([...left, ' '.repeat(gap), right], columns, isUnicode);
}
