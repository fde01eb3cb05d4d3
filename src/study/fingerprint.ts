/** SHA-256 over plain data in a canonical form: the same for equal data, however its keys are ordered. */
import { createHash, type Hash } from 'node:crypto';

/** Hex digest of numbers (by their bits), texts, booleans, null, lists, maps and byte or Float64 arrays. */
export function digest(value: unknown): string {
  const hash = createHash('sha256');
  update(hash, value);
  return hash.digest('hex');
}

/** Every value begins with its kind and, where it has one, its length, so that no two values give the same bytes. */
function update(hash: Hash, value: unknown): void {
  if (value === undefined || value === null) {
    hash.update('n;');
  } else if (typeof value === 'number') {
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, value, true);
    hash.update('f').update(new Uint8Array(bits.buffer));
  } else if (typeof value === 'string') {
    hash.update(`s${Buffer.byteLength(value)};`).update(value);
  } else if (typeof value === 'boolean' || typeof value === 'bigint') {
    hash.update(`${typeof value}${value};`);
  } else if (ArrayBuffer.isView(value)) {
    hash.update(`${value.constructor.name}${value.byteLength};`);
    hash.update(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  } else if (Array.isArray(value)) {
    hash.update(`l${value.length};`);
    for (const entry of value) update(hash, entry);
  } else {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    entries.sort(([left], [right]) => (left < right ? -1 : 1));
    hash.update(`m${entries.length};`);
    for (const [key, entry] of entries) {
      update(hash, key);
      update(hash, entry);
    }
  }
}
