/** What collective calls pass: buffers with counts and types, for one rank or cut into a part for each rank. */
import { InputError } from '../errors/input-error.js';
import type { Pointer } from '../ffi/koffi.js';
import type { HandleName } from './abi/abi.js';
import { countOf, type Data, datatypeOf } from './datatype.js';
import { type Handle, pointerConstant, predefined } from './library.js';
import { inPlace } from './wildcards.js';

/** Data to send, or `inPlace` where the receive buffer holds them already. */
export type Sent = Data | typeof inPlace;

/** Elements for each rank, in rank order. */
export type Counts = readonly number[] | Int32Array;

export type Operation = 'sum' | 'prod' | 'min' | 'max' | 'land' | 'lor' | 'lxor' | 'band' | 'bor' | 'bxor';

const operations: Readonly<Record<Operation, HandleName>> = {
  sum: 'MPI_SUM',
  prod: 'MPI_PROD',
  min: 'MPI_MIN',
  max: 'MPI_MAX',
  land: 'MPI_LAND',
  lor: 'MPI_LOR',
  lxor: 'MPI_LXOR',
  band: 'MPI_BAND',
  bor: 'MPI_BOR',
  bxor: 'MPI_BXOR',
};

export function operationOf(operation: Operation): Handle {
  const name = operations[operation];
  if (name === undefined) {
    throw new InputError('no such reduction', {
      expected: Object.keys(operations).join(', '),
      given: String(operation),
    });
  }
  return predefined(name);
}

export type Part = readonly [pointer: Pointer, count: number, type: Handle];
export type UnequalParts = readonly [pointer: Pointer, counts: Pointer, displacements: Pointer, type: Handle];

/** What a rank that takes no part in this side of the call passes. */
export function nothing(): Part {
  return [null, 0, predefined('MPI_BYTE')];
}

/** All of the data. */
export function whole(data: Sent): Part {
  if (data === inPlace) return [pointerConstant('MPI_IN_PLACE'), 0, predefined('MPI_BYTE')];
  return [data, countOf(data), datatypeOf(data)];
}

/** The data as `size` equal parts, one a rank; the count is of one part. */
export function parts(data: Data, size: number): Part {
  const count = countOf(data);
  if (count % size !== 0) {
    throw new InputError('the array cannot be cut into one equal part for each rank', {
      expected: `a multiple of ${size} elements`,
      given: `${count}`,
    });
  }
  return [data, count / size, datatypeOf(data)];
}

/** The data as a part of its own length for each rank. */
export function unequalParts(
  data: Data,
  counts: Counts,
  displacements: Counts | undefined,
  size: number,
): UnequalParts {
  const lengths = Int32Array.from(counts);
  const starts = displacements ? Int32Array.from(displacements) : startsOf(lengths);
  if (lengths.length !== size || starts.length !== size) {
    throw new InputError('counts and displacements must have one entry for each rank', {
      expected: `${size} entries`,
      given: `${lengths.length} and ${starts.length}`,
    });
  }
  const available = countOf(data);
  lengths.forEach((length, rank) => {
    const start = starts[rank]!;
    if (length >= 0 && start >= 0 && start + length <= available) return;
    throw new InputError(`the part of rank ${rank} lies outside the array`, {
      expected: `0 to ${available}`,
      given: `${start} to ${start + length}`,
    });
  });
  return [data, lengths, starts, datatypeOf(data)];
}

/** Sent and received data of a reduction: same length, same type, unless in place. */
export function reductionPair(
  sent: Sent,
  received: Data,
): readonly [sent: Pointer, received: Pointer, count: number, type: Handle] {
  const count = countOf(received);
  const type = datatypeOf(received);
  if (sent === inPlace) return [pointerConstant('MPI_IN_PLACE'), received, count, type];
  if (countOf(sent) !== count || datatypeOf(sent) !== type) {
    throw new InputError('a reduction needs two arrays of one type and length', {
      expected: `${count} elements of ${received[Symbol.toStringTag]}`,
      given: `${countOf(sent)} elements of ${sent[Symbol.toStringTag]}`,
    });
  }
  return [sent, received, count, type];
}

function startsOf(lengths: Int32Array): Int32Array {
  const starts = new Int32Array(lengths.length);
  for (let i = 1; i < lengths.length; i++) starts[i] = starts[i - 1]! + lengths[i - 1]!;
  return starts;
}
