/** Ends in the way its argument names, while the other ranks wait for a message that never comes. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { abort, finalize, isRunning, world } from '../../../src/mpi/index.js';

const way = process.argv[2];
const { rank } = world;

if (rank === 0) console.log('rank 0 started');
switch (way) {
  case 'normally':
    console.log(`rank ${rank} ends`);
    break;
  case 'throws':
    if (rank === 0) throw new TypeError('thrown on purpose');
    world.recv(new Int32Array(1), 0, 1);
    break;
  case 'aborts before its words are read':
    writeFileSync('printed', '');
    abort(4);
    break;
  case 'rejects':
    if (rank === 0) {
      process.exitCode = 7;
      Promise.reject(new RangeError('rejected on purpose'));
      await sleep(20_000);
    }
    await world.irecv(new Int32Array(1), 0, 1);
    break;
  case 'exits with 3':
    if (rank === 0) process.exit(3);
    world.recv(new Int32Array(1), 0, 1);
    break;
  case 'aborts with 4':
    if (rank === 0) abort(4);
    world.recv(new Int32Array(1), 0, 1);
    break;
  case 'finalizes, then exits with 5':
    console.log(`rank ${rank} ends`);
    finalize();
    if (rank === 0) process.exitCode = 5;
    break;
  case 'catches its own':
    process.on('uncaughtException', (error) => {
      console.log(`rank ${rank} caught ${error.message}`);
    });
    queueMicrotask(() => {
      throw new Error('handled');
    });
    break;
  case 'leaves receives':
    world.irecv(new Int32Array(1), 0, 1);
    world.recvInit(new Int32Array(1), 0, 1).start();
    console.log(`rank ${rank} ends`);
    break;
  case 'uses MPI after its end':
    console.log(`rank ${rank} ends`);
    finalize();
    // What is printed after MPI_Finalize may never arrive, so the exit code tells.
    assert.throws(() => world.barrier(), /MPI_Barrier was called after MPI was finalized/);
    assert.equal(isRunning(), false);
    break;
  default:
    throw new Error(`unknown way ${way}`);
}
