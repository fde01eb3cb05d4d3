/** Ranks are killed; the others see it, revoke, shrink, agree and go on to the end. */
import assert from 'node:assert/strict';
import {
  anySource,
  hasUlfm,
  isFaultTolerant,
  ProcessFailedError,
  type Request,
  RevokedError,
  world,
} from '../../../src/mpi/index.js';

const { rank, size } = world;
assert.ok(size >= 4);
assert.ok(hasUlfm());
assert.ok(isFaultTolerant());
const victim = 1;
const second = size - 1;

const comm = world.dup();
// A rank that has the communicator may die while others still make theirs: it waits for their word that they have it.
if (rank === victim) {
  for (let other = 0; other < size; other++) if (other !== victim) comm.recv(new Int32Array(1), other, 9);
  process.kill(process.pid, 'SIGKILL');
}
comm.send(Int32Array.of(rank), victim, 9);

// A receive from any source is interrupted, stays open, and goes on once the failure is acknowledged.
if (rank === 0) {
  const value = new Int32Array(1);
  const request = comm.irecv(value, anySource, 1);
  const error = await failureOf(request);
  assert.equal(error.errorClass, 'MPIX_ERR_PROC_FAILED_PENDING');
  comm.failureAck();
  const failed = comm.failureGetAcked();
  const whole = comm.group();
  assert.deepEqual(failed.translateRanks([0], whole), [victim]);
  assert.equal(failed.size, 1);
  failed.free();
  whole.free();
  for (let r = 2; r < size; r++) comm.send(Int32Array.of(r), r, 2);
  const status = await request;
  assert.equal(value[0], status.source * 10);
  for (let r = 3; r < size; r++) receiveFromAny(value);
  // The dead take no messages.
  assert.throws(() => comm.send(value, victim), ProcessFailedError);
} else {
  const value = new Int32Array(1);
  comm.recv(value, 0, 2);
  comm.send(Int32Array.of(rank * 10), 0, 1);
}

// Collectives need everyone; a revocation reaches ranks that wait for something else.
assert.equal(comm.isRevoked, false);
if (rank === 0) {
  assert.throws(() => comm.barrier(), ProcessFailedError);
  comm.revoke();
} else {
  assert.throws(() => comm.recv(new Int32Array(1), 0, 3), RevokedError);
}
assert.ok(comm.isRevoked);

// All agree whatever each knows; the failure was not acknowledged by all.
const first = comm.agree(rank === 0 ? 0b110 : 0b011);
assert.deepEqual(first, { value: 0b010, isFailureNew: true });
comm.failureAck();
assert.deepEqual(comm.agree(1), { value: 1, isFailureNew: false });

const rest = comm.shrink();
comm.free();
assert.equal(rest.size, size - 1);
assert.equal(rest.rank, rank === 0 ? 0 : rank - 1);
const sum = new Int32Array(1);
rest.allreduce(Int32Array.of(rank), sum, 'sum');
assert.equal(sum[0], (size * (size - 1)) / 2 - victim);

// One dies before a collective call, and only once the others need nothing more of it.
const last = rest.size - 1;
if (rank === second) {
  for (let r = 0; r < last; r++) rest.recv(sum, r, 4);
  process.kill(process.pid, 'SIGKILL');
}
rest.send(sum, last, 4);
assert.throws(() => rest.barrier(), ProcessFailedError);
const survivors = rest.shrink();
rest.free();
assert.equal(survivors.size, size - 2);
survivors.barrier();
survivors.free();
console.log(`rank ${rank} done`);

async function failureOf(request: Request): Promise<ProcessFailedError> {
  try {
    await request;
  } catch (error) {
    if (error instanceof ProcessFailedError) return error;
    throw error;
  }
  throw new Error('the receive should have failed');
}

/** One death may interrupt receives a second time: by the transport, and by the launcher's word. */
function receiveFromAny(value: Int32Array): void {
  for (;;) {
    try {
      comm.recv(value, anySource, 1);
      return;
    } catch (error) {
      if (!(error instanceof ProcessFailedError)) throw error;
      comm.failureAck();
    }
  }
}
