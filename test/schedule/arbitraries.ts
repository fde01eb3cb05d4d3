/** Ranges as a resumed run has them: what earlier sessions left, with holes of any size between. */
import fc from 'fast-check';
import type { Chunk } from '../../src/schedule/work-queue.js';

export const holes: fc.Arbitrary<Chunk[]> = fc
  .array(fc.record({ gap: fc.nat({ max: 50 }), count: fc.nat({ max: 40 }) }), { maxLength: 12 })
  .map((pieces) => {
    let at = 0;
    return pieces.map(({ gap, count }) => {
      const range = { first: at + gap, count };
      at += gap + count;
      return range;
    });
  });

export const casesOf = (chunks: readonly Chunk[]): number[] =>
  chunks.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
