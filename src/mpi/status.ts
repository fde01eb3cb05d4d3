/** What a receive or a probe found (MPI standard, chapter "Point-to-Point Communication", return status). */
import { type Data, datatypeOf } from './datatype.js';
import { check } from './errors.js';
import { functions } from './functions.js';
import { integer, mpiLibrary, predefined } from './library.js';
import { ownRank, ownTag } from './wildcards.js';

const c = functions(
  'int MPI_Get_count(const MPI_Status *status, MPI_Datatype datatype, int *count)',
  'int MPI_Get_elements_x(const MPI_Status *status, MPI_Datatype datatype, MPI_Count *count)',
  'int MPI_Test_cancelled(const MPI_Status *status, int *flag)',
);

const count = new Int32Array(1);
const longCount = new BigInt64Array(1);

export class Status {
  /** The library's MPI_Status. */
  readonly words: Int32Array;

  constructor() {
    this.words = newStatus();
  }

  /** Rank of the sender. */
  get source(): number {
    return ownRank(this.words[layout().source]!);
  }

  get tag(): number {
    return ownTag(this.words[layout().tag]!);
  }

  /** Bytes of the message. */
  get bytes(): number {
    const byte = layout().byte;
    check(c.MPI_Get_count(this.words, byte, count), 'MPI_Get_count');
    if (count[0]! >= 0) return count[0]!;
    check(c.MPI_Get_elements_x(this.words, byte, longCount), 'MPI_Get_elements_x');
    return Number(longCount[0]);
  }

  /** Elements of the message, in the type of the data it was received into. */
  count(data: Data): number {
    check(c.MPI_Get_count(this.words, datatypeOf(data), count), 'MPI_Get_count');
    return count[0]! === integer('MPI_UNDEFINED') ? Math.floor(this.bytes / bytesOf(data)) : count[0]!;
  }

  get isCancelled(): boolean {
    check(c.MPI_Test_cancelled(this.words, count), 'MPI_Test_cancelled');
    return count[0] !== 0;
  }
}

/** Memory for `length` statuses in a block of its own, because a status needs eight-byte alignment. */
export function newStatuses(length: number): Int32Array {
  return new Int32Array(new ArrayBuffer(Math.max(1, length) * mpiLibrary().abi.status.bytes));
}

/** Single statuses share blocks: a block for each would cost more than the call that fills it. */
const slabLength = 128;
let slab = { words: new Int32Array(0), used: 0 };

function newStatus(): Int32Array {
  const { length } = layout();
  // An odd number of words would misalign every second status.
  const stride = length + (length & 1);
  if (slab.used + stride > slab.words.length) {
    slab = { words: new Int32Array(new ArrayBuffer(slabLength * stride * 4)), used: 0 };
  }
  const words = slab.words.subarray(slab.used, slab.used + length);
  slab.used += stride;
  return words;
}

interface Layout {
  /** Positions in 32-bit words. */
  readonly source: number;
  readonly tag: number;
  readonly error: number;
  readonly length: number;
  readonly byte: ReturnType<typeof predefined>;
}

let known: Layout | undefined;

export function layout(): Layout {
  if (known) return known;
  const { bytes, source, tag, error } = mpiLibrary().abi.status;
  known = {
    source: source / 4,
    tag: tag / 4,
    error: error / 4,
    length: bytes / 4,
    byte: predefined('MPI_BYTE'),
  };
  return known;
}

function bytesOf(data: Data): number {
  return 'BYTES_PER_ELEMENT' in data ? data.BYTES_PER_ELEMENT : 1;
}
