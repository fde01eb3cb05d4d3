/** Under the stub of the MPI 5 ABI: handles, wildcards, statuses and thread levels of that table reach the library. */
import assert from 'node:assert/strict';
import { findMpi, inPlace, self, threadLevel, waitAll, world } from '../../../src/mpi/index.js';

assert.equal(findMpi().choice?.family, 'mpi5');
assert.equal(world.size, 1);
assert.equal(self.rank, 0);
assert.equal(threadLevel(), 'funneled');
const received = new Float64Array(4);
const request = world.irecv(received);
assert.equal(request.test(), false);
world.send(Float64Array.of(1.5, 2.5), 0, 77);
const status = await request;
assert.deepEqual([...received], [1.5, 2.5, 0, 0]);
assert.deepEqual([status.source, status.tag, status.bytes, status.count(received)], [0, 77, 16, 2]);
const sum = Float64Array.of(3);
world.allreduce(inPlace, sum, 'sum');
assert.equal(sum[0], 3);
assert.throws(() => world.allreduce(inPlace, sum, 'max'), /MPI_Allreduce: stub \(MPI_ERR_OTHER\)/);
assert.throws(() => world.barrier(), /Stub of the MPI ABI 1\.0 .* has no MPI_Barrier/);
assert.deepEqual(waitAll([]), []);
console.log('rank 0 done');
