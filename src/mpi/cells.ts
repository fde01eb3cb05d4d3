/**
 * Storage for one request handle, taken and given back. A new typed array for each request would cost more than the
 * call: crossing into C gives it a block of its own, which the collector then has to free.
 */
import { type HandleArray, newHandles } from './library.js';

const slabLength = 256;
const free: HandleArray[] = [];

export function takeCell(): HandleArray {
  return free.pop() ?? grow();
}

/** Only when MPI no longer knows the address, and nothing else holds the cell. */
export function giveBackCell(cell: HandleArray): void {
  free.push(cell);
}

function grow(): HandleArray {
  const slab = newHandles(slabLength);
  for (let i = 1; i < slabLength; i++) free.push(slab.subarray(i, i + 1));
  return slab.subarray(0, 1);
}
