import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Restarts, type Standing } from '../../src/launch/mpirun/restarts.js';

const at = (done: number, blamed = 0): Standing => ({ done, blamed });

describe('a job that died is started again', () => {
  test.each<[string, number, readonly Standing[], readonly boolean[]]>([
    ['never, where no restart is allowed, however far it came', 0, [at(5)], [false]],
    ['as often as asked while it gets no further', 2, [at(0), at(0), at(0)], [true, true, false]],
    ['anew after each new result', 1, [at(1), at(2), at(2), at(2)], [true, true, false, false]],
    [
      'after a death that was put down to a case',
      1,
      [at(0), at(0, 1), at(0, 2), at(0, 2)],
      [true, true, true, false],
    ],
  ])('%s', (_, limit, standings, expected) => {
    const restarts = new Restarts(limit, at(0));
    expect(standings.map((standing) => restarts.mayFollow(standing))).toEqual(expected);
    expect(restarts.count).toBe(expected.filter(Boolean).length);
  });

  test('more than its limit of times in a row only where it got further in between', () => {
    const step = fc.record({ done: fc.nat(2), blamed: fc.nat(1) });
    fc.assert(
      fc.property(fc.nat(4), fc.array(step, { maxLength: 40 }), (limit, steps) => {
        const restarts = new Restarts(limit, at(0));
        let standing = at(0);
        let inARow = 0;
        for (const { done, blamed } of steps) {
          if (done + blamed > 0) inARow = 0;
          standing = { done: standing.done + done, blamed: standing.blamed + blamed };
          expect(restarts.mayFollow(standing)).toBe(inARow < limit);
          inARow = Math.min(limit, inARow + 1);
        }
      }),
    );
  });
});
