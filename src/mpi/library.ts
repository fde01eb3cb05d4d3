/** The MPI library of this process, opened on first use, with its ABI table. */
import { EnvironmentError } from '../errors/environment-error.js';
import { type Library, openLibrary, readPointer } from '../ffi/koffi.js';
import type { Abi, Family, HandleName, IntegerName, PointerName } from './abi/abi.js';
import { mpi5 } from './abi/mpi5.js';
import { mpich } from './abi/mpich.js';
import { openmpi } from './abi/openmpi.js';
import { findMpi, type MpiChoice } from './find.js';

/** An opaque MPI handle: a number under MPICH, an address or a small constant as BigInt elsewhere. */
export type Handle = number | bigint;
export type HandleArray = Int32Array | BigUint64Array;

export interface MpiLibrary {
  readonly abi: Abi;
  readonly choice: MpiChoice;
  readonly library: Library;
}

const tables: Readonly<Record<Family, Abi>> = { openmpi, mpich, mpi5 };

let opened: MpiLibrary | undefined;

/** The library, opened with its symbols visible to all: Open MPI's plugins do not name the library they need. */
export function mpiLibrary(): MpiLibrary {
  if (opened) return opened;
  const { choice, missed, launcher } = findMpi();
  if (!choice) {
    throw new EnvironmentError(
      `no MPI library was found${launcher ? `, although ${launcher.name} started this process` : ''} (tried ${missed
        .map(({ path }) => path)
        .join(', ')})`,
      { hint: 'Install Open MPI or MPICH, or name the library in SHOAL_LIBMPI' },
    );
  }
  opened = { abi: tables[choice.family], choice, library: openLibrary(choice.path, { isGlobal: true }) };
  return opened;
}

/** A predefined handle. */
export function predefined(name: HandleName): Handle {
  const { abi, library, choice } = mpiLibrary();
  if (abi.later.includes(name) && standardVersion(library) < 5) throw lacks(name, choice);
  const entry = abi.handles[name];
  if (typeof entry === 'number') return abi.handle === 'int' ? entry | 0 : BigInt(entry);
  const address = library.symbol(entry);
  if (address === undefined) throw lacks(name, choice);
  return address;
}

/** A pointer constant such as MPI_IN_PLACE. */
export function pointerConstant(name: PointerName): bigint {
  const { abi, library, choice } = mpiLibrary();
  const entry = abi.pointers[name];
  if (typeof entry === 'bigint') return entry;
  const address = library.symbol(entry);
  if (address === undefined) throw lacks(name, choice);
  return readPointer(address);
}

export function integer(name: IntegerName): number {
  return mpiLibrary().abi.integers[name];
}

/** Storage for `count` handles, as the library reads and writes them. */
export function newHandles(count: number): HandleArray {
  return mpiLibrary().abi.handle === 'int' ? new Int32Array(count) : new BigUint64Array(count);
}

export function newHandle(handle: Handle): HandleArray {
  const cell = newHandles(1);
  cell[0] = handle;
  return cell;
}

export function lacks(name: string, choice: MpiChoice): EnvironmentError {
  return new EnvironmentError(`${choice.libraryVersion} (${choice.path}) has no ${name}`);
}

function standardVersion(library: Library): number {
  const version = new Int32Array(1);
  library.func('int MPI_Get_version(void *version, void *subversion)')(version, new Int32Array(1));
  return version[0]!;
}
