import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as reactor from '../../../src/coordinator/reactor.js';
import { strategies } from '../../../src/study/study.js';
import { casesOf, holes } from '../../schedule/arbitraries.js';
import { resultOf } from './hand.js';
import { Tree, type TreeOptions } from './tree.js';

const settings = fc.record({
  ranges: holes,
  crews: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
  own: fc.nat({ max: 1 }),
  strategy: fc.constantFrom(...strategies),
  chunk: fc.oneof(fc.constant('auto' as const), fc.integer({ min: 1, max: 9 })),
  blockMs: fc.constantFrom(0, 0.1, 3, 500),
  bundleBytes: fc.constantFrom(0, 200, 4096),
});

type Happening = readonly [draw: number, what: number, size: number];

const happenings = fc.array(
  fc.tuple(fc.nat({ max: 99 }), fc.nat({ max: 99 }), fc.integer({ min: 1, max: 12 })),
  { maxLength: 250, size: 'max' },
);

function happen(tree: Tree, [draw, what, size]: Happening): void {
  const hand = tree.hands[draw % tree.hands.length]!;
  const node = tree.nodes[draw % tree.nodes.length]!;
  if (what < 8) hand.becomeReady();
  else if (what < 22) hand.read();
  else if (what < 40) tree.compute(hand, size);
  else if (what < 48) hand.send();
  else if (what < 64) tree.deliver(hand);
  else if (what < 72) tree.readNode(node);
  else if (what < 80) tree.drainedNode(node);
  else if (what < 90) tree.deliverNode(node);
  else if (what < 96) tree.drained();
  else tree.advance(size);
}

function play(options: TreeOptions, moves: readonly Happening[], kills = 0): Tree {
  const tree = new Tree(options);
  let killed = 0;
  for (const move of moves) {
    happen(tree, move);
    if (killed >= kills || move[0] % 17 !== 0) continue;
    killed++;
    tree.hands[move[1] % tree.hands.length]!.die();
  }
  return tree;
}

function expectComplete(tree: Tree, options: TreeOptions): void {
  const wanted = casesOf(options.ranges);
  expect([...tree.rows.keys()].sort((a, b) => a - b)).toEqual(wanted);
  expect([...tree.rows].filter(([, rows]) => rows.length !== 1)).toEqual([]);
  for (const [index, [row]] of tree.rows) {
    if (row!.worker >= 0) expect(row!.value).toBe(resultOf(index));
  }
  expect(tree.leftovers()).toEqual([]);
  expect(tree.isOver).toBe(true);
  expect(tree.state).toMatchObject({ inFlight: 0, asked: 0, durable: wanted.length });
  for (const { held, team } of tree.state.workers.values()) {
    if (team && team.outstanding.total + held > 0)
      throw new Error('the root believes that a team holds cases');
  }
}

describe('a root with node coordinators, whatever the order of events', () => {
  test('persists every case exactly once, with the number of the worker that computed it', () => {
    fc.assert(
      fc.property(settings, happenings, (options, moves) => {
        const tree = play(options, moves);
        tree.settle();
        expectComplete(tree, options);
        const numbers = new Set(tree.hands.map(({ worker }) => worker));
        for (const [row] of tree.rows.values()) expect(numbers.has(row!.worker)).toBe(true);
      }),
      { numRuns: 120 },
    );
  });

  test('loses nothing when workers behind a node coordinator die', () => {
    fc.assert(
      fc.property(settings, happenings, (options, moves) => {
        // Fewer than a case needs to be given up.
        const tree = play(options, moves, 2);
        tree.settle();
        expectComplete(tree, options);
        expect([...tree.rows.values()].filter(([row]) => row!.failure === 'WorkerLost')).toEqual([]);
      }),
      { numRuns: 120 },
    );
  });

  test('gives a lost node coordinator’s cases to the others', () => {
    fc.assert(
      fc.property(settings, happenings, happenings, (drawn, before, after) => {
        // Somebody must be left.
        const options = { ...drawn, own: 1 };
        const tree = play(options, before, 1);
        tree.killNode(tree.nodes[0]!);
        for (const move of after) happen(tree, move);
        tree.settle();
        expectComplete(tree, options);
      }),
      { numRuns: 120 },
    );
  });

  test('gives up a case that kills its workers, and no other', () => {
    fc.assert(
      fc.property(settings, happenings, (drawn, moves) => {
        const all = casesOf(drawn.ranges);
        const deadly = new Set(all.filter((_, i) => i === Math.floor(all.length / 2)));
        const options = { ...drawn, deadly };
        const tree = play(options, moves);
        tree.settle();
        expectComplete(tree, options);
        const lost = [...tree.rows].filter(([, [row]]) => row!.failure === 'WorkerLost');
        expect(lost.map(([index]) => index)).toEqual([...deadly]);
      }),
      { numRuns: 60 },
    );
  });

  test('ends when it is told to stop, and has kept each result that came', () => {
    fc.assert(
      fc.property(settings, happenings, happenings, (options, before, after) => {
        const tree = play(options, before, 1);
        tree.stop();
        for (const move of after) happen(tree, move);
        tree.settle();
        expect(tree.leftovers()).toEqual([]);
        expect(reactor.isDeserted(tree.state)).toBe(true);
        expect([...tree.rows].filter(([, rows]) => rows.length !== 1)).toEqual([]);
        expect(tree.state.durable).toBe(tree.rows.size);
      }),
      { numRuns: 80 },
    );
  });
});
