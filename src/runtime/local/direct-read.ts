/**
 * Reading what a child says on this very thread: the way through the event loop takes longer than all else that a short
 * chunk costs. The event loop reads the same descriptor whenever it has its turn, so that what comes stays in order.
 */
import { readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { readableWait } from '../../ffi/wait-readable.js';

const pieceBytes = 64 * 1024;

/** The function waits at most `ms`, a whole number; true when it gave something to `onPiece`, whose bytes it uses again. */
export function directRead(
  stream: Readable,
  descriptor: number,
  onPiece: (piece: Uint8Array) => void,
): (ms: number) => boolean {
  const isReadable = readableWait(descriptor);
  const piece = new Uint8Array(pieceBytes);
  return (ms) => {
    // What the stream holds came before what the descriptor has. The end is the event loop's to tell.
    if (stream.destroyed || stream.readableLength > 0 || !isReadable(ms)) return false;
    const bytes = readSync(descriptor, piece);
    if (bytes === 0) return false;
    onPiece(piece.subarray(0, bytes));
    return true;
  };
}
