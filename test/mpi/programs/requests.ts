/** Requests: awaited, blocked on, grouped, persistent, cancelled, dropped by the waiter. */
import assert from 'node:assert/strict';
import {
  activeRequestCount,
  anySource,
  RequestGroup,
  TruncationError,
  waitAll,
  world,
} from '../../../src/mpi/index.js';

const { rank, size } = world;
const next = (rank + 1) % size;
const previous = (rank + size - 1) % size;

// An awaited receive leaves the event loop alive: timers fire before the message is sent.
{
  const received = new Float64Array(2);
  const request = world.irecv(received, previous, 1);
  assert.equal(request.test(), false);
  world.barrier();
  const sent = new Promise<void>((resolve) => {
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
      if (ticks < 20) return;
      clearInterval(timer);
      world.send(Float64Array.of(rank, 1), next, 1);
      resolve();
    }, 1);
  });
  const status = await request;
  await sent;
  assert.equal(status.source, previous);
  assert.deepEqual([...received], [previous, 1]);
  assert.equal(request.isActive, false);
  assert.equal(request.test(), true);
  assert.equal(await request, status);
}

// Many at once, completed in any order.
{
  const buffers = Array.from({ length: 10 }, () => new Int32Array(1));
  const receives = buffers.map((buffer, i) => world.irecv(buffer, previous, 100 + i));
  const sends = buffers.map((_, i) => world.isend(Int32Array.of(i * size + rank), next, 100 + (9 - i)));
  const statuses = await Promise.all(receives);
  statuses.forEach((status, i) => {
    assert.equal(status.tag, 100 + i);
  });
  waitAll(sends);
  assert.ok(buffers.every((buffer, i) => buffer[0] === (9 - i) * size + previous));
  const statusesToo = waitAll(receives);
  assert.equal(statusesToo.length, 10);
}

// A wait that is aborted ends; the operation does not.
{
  const received = new Int32Array(1);
  const request = world.irecv(received, previous, 2);
  const controller = new AbortController();
  const waiting = request.done(controller.signal);
  setTimeout(() => controller.abort(new Error('enough')), 5);
  await assert.rejects(waiting, /enough/);
  await assert.rejects(request.done(AbortSignal.abort(new Error('at once'))), /at once/);
  assert.equal(request.isActive, true);
  await world.ibarrier();
  world.send(Int32Array.of(rank), next, 2);
  await request.done();
  assert.equal(received[0], previous);
}

// A cancelled receive completes and says so; `free` and `using` do both.
{
  const request = world.irecv(new Int32Array(1), previous, 3);
  request.cancel();
  const status = await request;
  assert.equal(status.isCancelled, true);
  const posted = world.irecv(new Int32Array(1), previous, 3);
  posted.free();
  assert.equal(posted.status.isCancelled, true);
  posted.free();
  const disposed = world.irecv(new Int32Array(1), previous, 3);
  disposed[Symbol.dispose]();
  assert.equal(disposed.isActive, false);
  const barrier = world.ibarrier();
  assert.throws(() => barrier.cancel(), /cannot be cancelled/);
  await barrier;
}
world.barrier();

// A message too long fails the request that receives it, awaited or not. (Open MPI 4 cuts a message to oneself.)
if (size > 1) {
  const short = world.irecv(new Int32Array(1), previous, 4);
  world.send(new Int32Array(3), next, 4);
  await assert.rejects(
    async () => {
      await short;
    },
    (error) => error instanceof TruncationError,
  );
  assert.equal(short.isActive, false);
}

// Persistent requests: prepared once, started many times.
{
  const out = new Int32Array(1);
  const into = new Int32Array(1);
  const send = world.sendInit(out, next, 5);
  const receive = world.recvInit(into, anySource, 5);
  assert.equal(receive.test(), true);
  for (let i = 0; i < 50; i++) {
    out[0] = i;
    receive.start();
    assert.throws(() => receive.start(), /not complete yet/);
    send.start();
    if (i % 2 === 0) await receive;
    else receive.wait();
    send.wait();
    assert.equal(into[0], i);
    assert.equal(receive.status.source, previous);
  }
  send.free();
  receive.start();
  receive.free();
  receive.free();
  assert.throws(() => receive.start(), /was freed/);
}
world.barrier();

// A ring of persistent receives in a group, drained by one call a turn.
{
  const ring = Array.from({ length: 8 }, () => world.recvInit(new Float64Array(4), anySource, 6));
  const group = new RequestGroup(ring);
  group.startAll();
  assert.equal(group.testSome(), 0);
  world.barrier();
  const messageCount = 40;
  const sends = Array.from({ length: messageCount }, (_, i) =>
    world.isend(Float64Array.of(i, rank), next, 6),
  );
  let got = 0;
  let sum = 0;
  while (got < messageCount) {
    const count = group.testSome();
    for (let k = 0; k < count; k++) {
      const request = ring[group.completed[k]!]!;
      const data = request.kept as Float64Array;
      assert.equal(request.status.bytes, 16);
      assert.equal(request.status.source, previous);
      assert.equal(data[1], previous);
      sum += data[0]!;
      request.start();
    }
    got += count;
  }
  assert.equal(sum, (messageCount * (messageCount - 1)) / 2);
  for (const send of sends) await send;
  for (const request of ring) request.free();
}
world.barrier();

// In a group, one failure is told and the others complete.
if (size > 1) {
  const good = new Int32Array(1);
  const group = new RequestGroup([
    world.irecv(new Int32Array(1), previous, 7),
    world.irecv(good, previous, 8),
  ]);
  const sends = [world.isend(new Int32Array(5), next, 7), world.isend(Int32Array.of(rank), next, 8)];
  let failure: unknown;
  while (group.requests.some((request) => request.isActive)) {
    try {
      group.testSome();
    } catch (error) {
      failure = error;
    }
  }
  assert.ok(failure instanceof TruncationError, String(failure));
  assert.equal(good[0], previous);
  await new RequestGroup(sends).done();
}
if (size > 1) {
  const group = new RequestGroup([
    world.irecv(new Int32Array(1), previous, 7),
    world.irecv(new Int32Array(1), previous, 8),
  ]);
  const sends = [world.isend(new Int32Array(5), next, 7), world.isend(Int32Array.of(rank), next, 8)];
  assert.throws(
    () => group.waitAll(),
    (error) => error instanceof TruncationError,
  );
  assert.ok(group.requests.every((request) => !request.isActive));
  waitAll(sends);
}

world.barrier();
assert.equal(activeRequestCount(), 0);
console.log(`rank ${rank} done`);
