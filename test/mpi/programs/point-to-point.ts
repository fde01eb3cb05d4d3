/** Every kind of send, receive and probe, between each rank and its neighbours; also with a single rank. */
import assert from 'node:assert/strict';
import {
  anySource,
  anyTag,
  type Data,
  MpiError,
  procNull,
  Status,
  TruncationError,
  world,
} from '../../../src/mpi/index.js';

const { rank, size } = world;
const next = (rank + 1) % size;
const previous = (rank + size - 1) % size;

const arrays: readonly (Data & { set?: unknown })[] = [
  Float64Array.of(Math.PI, -0, Number.NaN, rank),
  Float32Array.of(1.5, rank),
  Int8Array.of(-128, 127),
  Uint8Array.of(0, 255, rank),
  Uint8ClampedArray.of(255, rank),
  Int16Array.of(-32768, rank),
  Uint16Array.of(65535, rank),
  Int32Array.of(-2147483648, rank),
  Uint32Array.of(4294967295, rank),
  BigInt64Array.of(-(2n ** 63n), BigInt(rank)),
  BigUint64Array.of(2n ** 64n - 1n, BigInt(rank)),
  Buffer.from(`rank ${rank}`),
  new DataView(Uint8Array.of(1, 2, 3, rank).buffer, 1),
  new Float64Array(0),
];

const bytesOf = (data: Data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

// Every array type arrives bit by bit, and nothing is written beside it.
for (const [tag, data] of arrays.entries()) {
  const length = data.byteLength;
  const around = new Uint8Array(length + 16).fill(0xaa);
  const into = new Uint8Array(around.buffer, 8, length);
  const received =
    data instanceof DataView
      ? new DataView(around.buffer, 8, length)
      : Reflect.construct(
          data instanceof Buffer ? Uint8Array : (data.constructor as Float64ArrayConstructor),
          [around.buffer, 8, (data as Float64Array).length],
        );
  const request = world.irecv(received, previous, tag);
  world.send(data, next, tag);
  const status = request.wait();
  assert.equal(status.source, previous);
  assert.equal(status.tag, tag);
  assert.equal(status.bytes, length);
  assert.equal(status.count(received), received.length ?? length);
  const mine = Buffer.from(bytesOf(data));
  const theirs = Buffer.from(into);
  if (size === 1) assert.deepEqual(theirs, mine);
  assert.ok(around.subarray(0, 8).every((byte) => byte === 0xaa));
  assert.ok(around.subarray(8 + length).every((byte) => byte === 0xaa));
}

// A long message, past every eager limit.
{
  const sent = Float64Array.from({ length: 300_000 }, (_, i) => i * 1e-3 + rank);
  const received = new Float64Array(sent.length);
  const request = world.isend(sent, next, 1);
  const status = world.recv(received, previous, 1);
  request.wait();
  assert.equal(status.count(received), sent.length);
  assert.ok(received.every((value, i) => value === i * 1e-3 + previous));
}

// The first `count` elements only; a status of the caller's; wildcards.
{
  const received = new Int32Array(8).fill(-1);
  const request = world.isend(Int32Array.of(1, 2, 3, 4), next, 5, 2);
  const status = new Status();
  assert.equal(world.recv(received, anySource, anyTag, status), status);
  request.wait();
  assert.deepEqual([...received.subarray(0, 3)], [1, 2, -1]);
  assert.equal(status.count(received), 2);
  assert.equal(status.tag, 5);
}

// Messages between two ranks do not overtake each other.
{
  const value = new Int32Array(1);
  const requests = Array.from({ length: 20 }, (_, i) => world.isend(Int32Array.of(i), next, 6));
  for (let i = 0; i < 20; i++) {
    world.recv(value, previous, 6);
    assert.equal(value[0], i);
  }
  for (const request of requests) request.wait();
}

// Exchanges and synchronous sends.
{
  const received = new Float64Array(1);
  const status = world.sendrecv(Float64Array.of(rank), next, received, previous, 7, 7);
  assert.equal(received[0], previous);
  assert.equal(status.source, previous);
  // No rank receives before all have seen that their send is not complete.
  const request = world.issend(Float64Array.of(rank + 0.5), next, 8);
  assert.equal(request.test(), false);
  world.barrier();
  world.recv(received, previous, 8);
  request.wait();
  assert.equal(received[0], previous + 0.5);
  if (size > 1) {
    const posted = world.irecv(received, previous, 9);
    world.ssend(Float64Array.of(rank + 0.25), next, 9);
    posted.wait();
    assert.equal(received[0], previous + 0.25);
  }
}

// Probes say what waits, matched probes take it away.
{
  world.barrier();
  assert.equal(world.iprobe(anySource, 10), undefined);
  assert.equal(world.improbe(anySource, 10), undefined);
  world.barrier();
  const request = world.isend(Int16Array.of(1, 2, 3), next, 10);
  const seen = world.probe(previous, 10);
  assert.equal(seen.bytes, 6);
  const found = world.iprobe(anySource, 10);
  assert.equal(found?.source, previous);
  const message = world.mprobe(anySource, 10);
  assert.equal(world.iprobe(anySource, 10), undefined);
  const received = new Int16Array(message.status.count(new Int16Array(0)));
  assert.equal(message.recv(received).source, previous);
  assert.deepEqual([...received], [1, 2, 3]);
  assert.throws(() => message.recv(received), /received already/);
  request.wait();

  const second = world.isend(Int16Array.of(4), next, 11);
  let matched = world.improbe(previous, 11);
  while (!matched) matched = world.improbe(previous, 11);
  const incoming = matched.irecv(received);
  assert.equal(incoming.wait().bytes, 2);
  assert.equal(received[0], 4);
  second.wait();
}

// The partner that is not there.
{
  world.send(Int32Array.of(1), procNull);
  const received = Int32Array.of(77);
  const status = world.recv(received, procNull);
  assert.equal(status.source, procNull);
  assert.equal(status.bytes, 0);
  assert.equal(received[0], 77);
}

// Failures are exceptions with the portable class, and the communicator lives on.
{
  const request = world.isend(new Int32Array(4), next, 12);
  assert.throws(
    () => world.recv(new Int32Array(2), previous, 12),
    (error) =>
      error instanceof TruncationError &&
      error.errorClass === 'MPI_ERR_TRUNCATE' &&
      error.call === 'MPI_Recv',
  );
  request.wait();
  for (const wrong of [size, -1, -3, 100_000]) {
    assert.throws(
      () => world.send(new Int32Array(1), wrong),
      (error) => error instanceof MpiError && error.errorClass === 'MPI_ERR_RANK',
      `rank ${wrong}`,
    );
  }
  assert.throws(
    () => world.send(new Int32Array(1), next, -5),
    (error) => error instanceof MpiError && error.errorClass === 'MPI_ERR_TAG',
  );
  assert.throws(() => world.send([1, 2] as unknown as Int32Array, next), /no MPI datatype/);
  assert.throws(() => world.send(new Int32Array(2), next, 0, 3), /does not fit the array/);
  assert.throws(() => world.isend(new Int32Array(2), next, 0, -1), /does not fit the array/);
}

assert.ok(world.maxTag >= 32767);
world.barrier();
console.log(`rank ${rank} done`);
