/** V8 may put its code right behind the heap. Loading and starting MPI must not take pages from the heap then. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { openLibrary } from '../../../src/ffi/koffi.js';
import { world } from '../../../src/mpi/index.js';

function heapEnd(): bigint {
  const maps = readFileSync('/proc/self/maps', 'utf8');
  return BigInt(`0x${/^[0-9a-f]+-([0-9a-f]+) .*\[heap\]/m.exec(maps)?.[1]}`);
}

const mmap = openLibrary('libc.so.6').func(
  'uint64_t mmap(uint64_t address, size_t length, int prot, int flags, int fd, int64_t offset)',
);
const [privateAnonymous, fixedNoReplace] = [0x22, 0x100000];
// Asked for again and again, since the call itself may grow the heap.
let end = heapEnd();
for (let i = 0; i < 10; i++) {
  mmap(end, 4096, 0, privateAnonymous | fixedNoReplace, -1, 0);
  if (heapEnd() === end) break;
  end = heapEnd();
}
world.barrier();
assert.equal(heapEnd(), end);
console.log(`rank ${world.rank} done`);
