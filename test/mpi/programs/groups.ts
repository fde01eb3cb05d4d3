/** Groups: what they hold, set by set, and the communicators made from them. */
import assert from 'node:assert/strict';
import { type Group, self, world } from '../../../src/mpi/index.js';

const { rank, size } = world;
const everyone = Array.from({ length: size }, (_, i) => i);

const whole = world.group();
assert.equal(whole.size, size);
assert.equal(whole.rank, rank);

/** The members' ranks in the world, in the group's order. */
function members(group: Group): (number | undefined)[] {
  return group.translateRanks(
    Array.from({ length: group.size }, (_, i) => i),
    whole,
  );
}

// Sets.
{
  const backwards = whole.incl(everyone.toReversed());
  const evens = whole.rangeIncl([[0, size - 1, 2]]);
  const odds = whole.excl(everyone.filter((r) => r % 2 === 0));
  const ends = whole.incl([...new Set([size - 1, 0])]);
  const expectedEvens = everyone.filter((r) => r % 2 === 0);
  const expectedOdds = everyone.filter((r) => r % 2 === 1);
  assert.deepEqual(members(backwards), everyone.toReversed());
  assert.equal(backwards.rank, size - 1 - rank);
  assert.deepEqual(members(evens), expectedEvens);
  assert.deepEqual(members(odds), expectedOdds);
  assert.equal(odds.rank, rank % 2 === 1 ? (rank - 1) / 2 : undefined);
  const table: [Group, (number | undefined)[]][] = [
    [odds.union(evens), [...expectedOdds, ...expectedEvens]],
    [odds.intersection(evens), []],
    [backwards.intersection(odds), expectedOdds.toReversed()],
    [whole.difference(evens), expectedOdds],
    [ends.difference(whole), []],
    [whole.rangeIncl([[size - 1, 0, -1]]), everyone.toReversed()],
    [whole.rangeIncl([[0, size - 1]]), everyone],
    [whole.incl([]), []],
  ];
  for (const [group, expected] of table) {
    assert.deepEqual(members(group), expected);
    group.free();
  }
  assert.deepEqual(
    whole.translateRanks(everyone, odds),
    everyone.map((r) => (r % 2 === 1 ? (r - 1) / 2 : undefined)),
  );
  const same = backwards.incl(everyone.toReversed());
  assert.equal(same.compare(whole), 'identical');
  assert.equal(backwards.compare(whole), size === 1 ? 'identical' : 'similar');
  assert.equal(evens.compare(odds), 'unequal');
  assert.throws(() => whole.incl([size]), /MPI_Group_incl: .*MPI_ERR_RANK/s);
  for (const group of [backwards, evens, odds, ends, same]) group.free();
  evens.free();
  evens[Symbol.dispose]();
  assert.throws(() => evens.size, /was freed/);
}

// A communicator of the even ranks, made by everyone, and one made by its members alone.
{
  const evens = whole.rangeIncl([[0, size - 1, 2]]);
  const together = world.create(evens);
  assert.equal(together === undefined, rank % 2 === 1);
  if (rank % 2 === 0) {
    const alone = world.createGroup(evens, 7);
    assert.ok(together && alone);
    for (const comm of [together, alone]) {
      assert.equal(comm.size, Math.ceil(size / 2));
      assert.equal(comm.rank, rank / 2);
      const sum = new Int32Array(1);
      comm.allreduce(Int32Array.of(rank), sum, 'sum');
      assert.equal(
        sum[0],
        everyone.filter((r) => r % 2 === 0).reduce((a, b) => a + b, 0),
      );
      comm.free();
    }
  }
  evens.free();
}

// Neighbours make theirs at the same time; a rank may be in two of them.
if (size > 2) {
  const pairs = everyone.slice(1).map((r) => [r - 1, r] as const);
  for (const pair of pairs.filter((each) => each.includes(rank))) {
    const group = whole.incl(pair);
    const comm = world.createGroup(group, pair[0]);
    group.free();
    const other = new Int32Array(2);
    comm?.allgather(Int32Array.of(rank), other);
    assert.deepEqual([...other], pair);
    comm?.free();
  }
}

// A group outlives its communicator.
{
  const dup = self.dup();
  const group = dup.group();
  dup.free();
  assert.deepEqual(members(group), [rank]);
  group.free();
}

whole.free();
world.barrier();
console.log(`rank ${rank} done`);
