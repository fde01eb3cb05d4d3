import { expect, test } from 'vitest';
import { type Piece, Pieces } from '../../src/worker/pieces.js';

test('a piece holds no more than the kernel takes of its attempt', () => {
  const pieces = new Pieces([], 1 << 20, true, (attempt) => (attempt === 1 ? Number.POSITIVE_INFINITY : 1));
  pieces.observe(64, 0.01);
  pieces.add(0, 40, 1);
  for (const first of [40, 41, 42]) pieces.add(first, 1, 2);
  const found: Piece[] = [];
  for (const piece: Piece = { first: 0, count: 0, attempt: 0 }; pieces.next(piece); )
    found.push({ ...piece });
  const [whole, ...retries] = found;
  expect(whole).toEqual({ first: 0, count: 40, attempt: 1 });
  expect(retries).toEqual([40, 41, 42].map((first) => ({ first, count: 1, attempt: 2 })));
});
