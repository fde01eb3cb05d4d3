/** MPI datatypes of JavaScript's arrays (MPI standard, chapter "Point-to-Point Communication", data types). */
import { InputError } from '../errors/input-error.js';
import type { HandleName } from './abi/abi.js';
import { type Handle, predefined } from './library.js';

/** What calls send from and receive into, with no copy. A Buffer is a Uint8Array; a DataView is bytes. */
export type Data = NodeJS.TypedArray | DataView;

const datatypes: Readonly<Record<string, HandleName>> = {
  Float64Array: 'MPI_DOUBLE',
  Float32Array: 'MPI_FLOAT',
  Int8Array: 'MPI_INT8_T',
  Uint8Array: 'MPI_UINT8_T',
  Uint8ClampedArray: 'MPI_UINT8_T',
  Int16Array: 'MPI_INT16_T',
  Uint16Array: 'MPI_UINT16_T',
  Int32Array: 'MPI_INT32_T',
  Uint32Array: 'MPI_UINT32_T',
  BigInt64Array: 'MPI_INT64_T',
  BigUint64Array: 'MPI_UINT64_T',
  DataView: 'MPI_BYTE',
};

const handles = new Map<string, Handle>();

/** The handle of the data's element type. */
export function datatypeOf(data: Data): Handle {
  return handles.get(data[Symbol.toStringTag]) ?? lookUp(data);
}

/** Largest count that MPI's `int` carries. */
const maxCount = 0x7fffffff;

/** Elements of the data, or of its first `count`. */
export function countOf(data: Data, count?: number): number {
  const length = 'length' in data ? data.length : data.byteLength;
  const wanted = count ?? length;
  if (wanted > length || wanted < 0 || wanted > maxCount) throw badCount(wanted, length);
  return wanted;
}

function badCount(count: number, length: number): InputError {
  if (count > maxCount) {
    return new InputError('too many elements for one MPI message', {
      expected: `at most ${maxCount} elements`,
      given: `${count}`,
      hint: 'Use a wider element type, or several messages',
    });
  }
  return new InputError('the count does not fit the array', {
    expected: `0 to ${length}`,
    given: `${count}`,
  });
}

function lookUp(data: Data): Handle {
  const name = datatypes[data?.[Symbol.toStringTag]];
  if (name === undefined) {
    throw new InputError('no MPI datatype for these data', {
      expected: 'a typed array or a DataView',
      given: Object.prototype.toString.call(data),
    });
  }
  const handle = predefined(name);
  handles.set(data[Symbol.toStringTag], handle);
  return handle;
}
