/** Arrays of C strings, `char *const list[]`, rewritten for each call without new memory. */
import { addressOf } from '../../ffi/address.js';

/** Fixed strings first, then those of the last `set`, then NULL. */
export class CStrings {
  readonly #fixed: Encoded;
  readonly #fixedCount: number;
  #bytes = Buffer.allocUnsafeSlow(1024);
  #base = addressOf(this.#bytes);
  #pointers: BigUint64Array;

  constructor(fixed: readonly string[] = []) {
    this.#fixed = encodeAll(fixed);
    this.#fixedCount = fixed.length;
    this.#pointers = new BigUint64Array(fixed.length + 16);
    this.#pointers.set(this.#fixed.pointers);
  }

  /** The array, for a `void *` parameter; valid until the next `set`. */
  set(strings: readonly string[]): BigUint64Array {
    const count = this.#fixedCount + strings.length + 1;
    if (count > this.#pointers.length) {
      this.#pointers = new BigUint64Array(2 * count);
      this.#pointers.set(this.#fixed.pointers);
    }
    // Three bytes is the most that a UTF-16 unit takes in UTF-8.
    let most = 0;
    for (const text of strings) {
      if (text.includes('\0')) throw new TypeError('an argument of a program cannot hold the character NUL');
      most += 3 * text.length + 1;
    }
    if (most > this.#bytes.byteLength) {
      this.#bytes = Buffer.allocUnsafeSlow(2 * most);
      this.#base = addressOf(this.#bytes);
    }
    let at = 0;
    let entry = this.#fixedCount;
    for (const text of strings) {
      this.#pointers[entry++] = this.#base + BigInt(at);
      at += this.#bytes.write(text, at, 'utf8');
      this.#bytes[at++] = 0;
    }
    this.#pointers[entry] = 0n;
    return this.#pointers;
  }
}

interface Encoded {
  /** Kept because the pointers keep nothing alive. */
  readonly bytes: Buffer;
  readonly pointers: BigUint64Array;
}

function encodeAll(strings: readonly string[]): Encoded {
  const bytes = Buffer.concat([...strings.map((text) => Buffer.from(`${text}\0`)), Buffer.alloc(1)]);
  const base = addressOf(bytes);
  const pointers = new BigUint64Array(strings.length);
  let at = 0;
  strings.forEach((text, i) => {
    pointers[i] = base + BigInt(at);
    at += Buffer.byteLength(text) + 1;
  });
  return { bytes, pointers };
}
