/** What UCX, which MPICH and some builds of Open MPI bring along, must be told before it is loaded. */
import { readFileSync } from 'node:fs';

/** V8 leaves no room behind the heap or very much, so any size between a page and a gigabyte would do. */
const leastRoomBytes = 1 << 20;

/**
 * Settings that the user has made stay. (On worker threads process.env is a copy that C code never sees: MPI belongs
 * to the main thread.)
 */
export function prepareForUcx(): void {
  // UCX takes SIGSEGV from V8, which needs it to throw on out-of-bounds WebAssembly.
  process.env.UCX_ERROR_SIGNALS ??= 'SIGILL,SIGBUS,SIGFPE';
  // To see whether its hooks work, UCX moves the heap's end up by a page and down again, and does not look whether
  // the first succeeded: where V8 has put its code behind the heap, the second takes the heap's last page away.
  if (roomBehindHeap() < leastRoomBytes) process.env.UCX_MEM_MMAP_HOOK_MODE ??= 'none';
}

/** Bytes by which the heap of malloc could grow where it lies; endless where the system does not tell. */
function roomBehindHeap(): number {
  let maps: string;
  try {
    maps = readFileSync('/proc/self/maps', 'utf8');
  } catch {
    return Number.POSITIVE_INFINITY;
  }
  const [, end, next] = /^[0-9a-f]+-([0-9a-f]+) .*\[heap\]\n([0-9a-f]+)-/m.exec(maps) ?? [];
  if (end === undefined || next === undefined) return Number.POSITIVE_INFINITY;
  return Number.parseInt(next, 16) - Number.parseInt(end, 16);
}
