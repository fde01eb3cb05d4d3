/** Communicators: contexts apart, splits, lifetimes. */
import assert from 'node:assert/strict';
import {
  anySource,
  anyTag,
  hasUlfm,
  isFaultTolerant,
  libraryVersion,
  MissingFunctionError,
  processorName,
  self,
  standardVersion,
  threadLevel,
  world,
  wtime,
} from '../../../src/mpi/index.js';

const { rank, size } = world;
const next = (rank + 1) % size;
const previous = (rank + size - 1) % size;

assert.equal(self.rank, 0);
assert.equal(self.size, 1);
assert.ok(standardVersion()[0] >= 3);
assert.match(libraryVersion(), /MPI/);
assert.ok(processorName().length > 0);
// Under a launcher that was not told otherwise, a lost rank ends the job.
assert.equal(isFaultTolerant(), false);
if (!hasUlfm()) {
  assert.throws(
    () => self.isRevoked,
    (error) => error instanceof MissingFunctionError && error.needed === 'Open MPI 5.0 or later',
  );
}
assert.match(threadLevel(), /^(funneled|serialized|multiple)$/);
const started = wtime();
assert.ok(wtime() >= started);

// Messages of a duplicate never meet those of the original.
{
  const dup = world.dup();
  assert.equal(dup.rank, rank);
  assert.equal(dup.size, size);
  const request = dup.isend(Int32Array.of(rank), next, 3);
  const other = world.isend(Int32Array.of(rank + 1000), next, 3);
  const value = new Int32Array(1);
  world.recv(value, anySource, anyTag);
  assert.equal(value[0], previous + 1000);
  dup.recv(value, anySource, anyTag);
  assert.equal(value[0], previous);
  request.wait();
  other.wait();
  dup.free();
  dup.free();
  assert.throws(() => dup.send(value, 0), /was freed/);
  assert.throws(() => world.free(), /cannot be freed/);
}

// Splits by colour, ordered by key.
{
  const half = world.split(rank % 2, -rank);
  const members = Array.from({ length: size }, (_, i) => i).filter((r) => r % 2 === rank % 2);
  assert.equal(half.size, members.length);
  assert.equal(half.rank, members.reverse().indexOf(rank));
  const sum = new Int32Array(1);
  half.allreduce(Int32Array.of(rank), sum, 'sum');
  assert.equal(
    sum[0],
    members.reduce((a, b) => a + b, 0),
  );
  half[Symbol.dispose]();
  const onlyZero = world.split(rank === 0 ? 0 : undefined);
  assert.equal(onlyZero === undefined, rank !== 0);
  onlyZero?.free();
}

// Ranks of one node: all of them here.
{
  const node = world.splitType('shared');
  assert.equal(node.size, size);
  node.free();
}
world.barrier();
console.log(`rank ${rank} done`);
