/** Addresses of JavaScript memory, for C functions that take arrays of pointers. */
import koffi from 'koffi';

/**
 * Address of a typed array's first byte; 0 for an empty one. It stays true as long as the array lives and its
 * buffer is neither transferred nor resized: whoever stores it must keep the array reachable.
 */
export function addressOf(data: ArrayBufferView): bigint {
  return data.byteLength === 0 ? 0n : BigInt(koffi.address(data));
}
