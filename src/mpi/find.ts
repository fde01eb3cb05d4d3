/** Which MPI library this process uses, and why; looked for without initialising MPI. */
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';
import { type Library, openLibrary } from '../ffi/koffi.js';
import type { Family } from './abi/abi.js';
import { findLauncher, type Launcher } from './launcher.js';
import { prepareForUcx } from './ucx.js';

export interface MpiChoice {
  /** What was given to dlopen: a path, or a name that the dynamic linker resolves. */
  readonly path: string;
  readonly family: Family;
  /** First line of MPI_Get_library_version: `Open MPI v4.1.4, …`. */
  readonly libraryVersion: string;
  /** Why this one: `SHOAL_LIBMPI`, the launcher, or the order of search. */
  readonly reason: string;
}

export interface MpiSearch {
  readonly choice: MpiChoice | undefined;
  readonly launcher: Launcher | undefined;
  /** What was tried in vain, each with what the dynamic linker said. */
  readonly missed: readonly { readonly path: string; readonly problem: string }[];
}

/** Names a family's library has on Linux and macOS. `libmpi.so` may be a link to any family. */
const libraryNames = {
  openmpi: ['libmpi.so.40', 'libmpi.so', 'libmpi_ibm.so', 'libmpi.40.dylib', 'libmpi.dylib'],
  mpich: [
    'libmpi.so.12',
    'libmpich.so.12',
    'libmpi.so',
    'libmpich.so',
    'libmpi_cray.so.12',
    'libmpi_gnu.so.12',
    'libmpi_cray.so',
    'libmpi.12.dylib',
    'libmpi.dylib',
  ],
  mpi5: ['libmpi_abi.so.1', 'libmpi_abi.so.0', 'libmpi_abi.so', 'libmpi_abi.1.dylib'],
} as const satisfies Record<Family, readonly string[]>;

/** Longest text of any family, its NUL included. */
const versionBytes = 8192;

/** Searches once a process: dlopen of a library that is there cannot be undone. */
let found: MpiSearch | undefined;

/**
 * The MPI library that `init` would use. The launcher's environment decides first, because a library under
 * another family's launcher does not fail: it gives N worlds of one rank each.
 */
export function findMpi(): MpiSearch {
  found ??= search(process.env);
  return found;
}

/** The same under other variables than this process has. */
export function findMpiUnder(env: Readonly<Record<string, string | undefined>>): MpiSearch {
  return search(env);
}

function search(env: Readonly<Record<string, string | undefined>>): MpiSearch {
  prepareForUcx();
  const launcher = findLauncher(env);
  const asked = env.SHOAL_LIBMPI;
  if (asked !== undefined && asked !== '') {
    return { choice: { ...openAsked(asked), reason: 'SHOAL_LIBMPI names it' }, launcher, missed: [] };
  }
  const missed: { path: string; problem: string }[] = [];
  const families = launcher?.families ?? ['openmpi', 'mpich', 'mpi5'];
  const others = (['openmpi', 'mpich', 'mpi5'] as const).filter((family) => !families.includes(family));
  let fallback: MpiChoice | undefined;
  for (const family of [...families, ...others]) {
    const isWanted = families.includes(family);
    const reason =
      launcher && isWanted ? `started by ${launcher.name}` : 'first found in the order of search';
    for (const path of candidates(family, env)) {
      try {
        const choice = { ...identify(path, openLibrary(path)), reason };
        if (choice.family === family) return { choice, launcher, missed };
        fallback ??= { ...choice, reason: 'nothing else was found' };
      } catch (error) {
        missed.push({ path, problem: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  return { choice: fallback, launcher, missed };
}

function openAsked(asked: string): Omit<MpiChoice, 'reason'> {
  const path = asked.includes('/') && !isAbsolute(asked) ? resolve(asked) : asked;
  try {
    return identify(path, openLibrary(path));
  } catch (cause) {
    if (cause instanceof EnvironmentError) throw cause;
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new EnvironmentError(`SHOAL_LIBMPI: cannot use ${path}: ${problem}`, { cause });
  }
}

/**
 * The family of an open library. MPI_Abi_get_version has to be called: native libraries of newer MPICH and
 * Open MPI export it as well and answer -1. A libmpi_abi without it follows a draft with other constants.
 */
function identify(path: string, library: Library): Omit<MpiChoice, 'reason'> {
  if (library.symbol('MPI_Get_library_version') === undefined) {
    throw new EnvironmentError(`${path} is no MPI library: it has no MPI_Get_library_version`);
  }
  const text = Buffer.alloc(versionBytes);
  const length = new Int32Array(1);
  library.func('int MPI_Get_library_version(void *version, void *length)')(text, length);
  const end = text.indexOf(0);
  const [libraryVersion = ''] = text.toString('utf8', 0, end < 0 ? text.length : end).split('\n');
  return {
    path,
    family: familyOf(path, library),
    libraryVersion: libraryVersion.trim().replace(/\s+/g, ' '),
  };
}

function familyOf(path: string, library: Library): Family {
  if (library.symbol('MPI_Abi_get_version') !== undefined) {
    const major = new Int32Array(1);
    library.func('int MPI_Abi_get_version(void *major, void *minor)')(major, new Int32Array(1));
    if (major[0]! > 0) return 'mpi5';
  }
  if (/libmpi_abi\b/.test(path)) {
    throw new EnvironmentError(`${path} follows a draft of the MPI ABI, whose constants differ from MPI 5's`);
  }
  return library.symbol('ompi_mpi_comm_world') === undefined ? 'mpich' : 'openmpi';
}

/** The linker's own search first, then beside the launchers on PATH, where modules and Homebrew put libraries. */
function candidates(family: Family, env: Readonly<Record<string, string | undefined>>): string[] {
  const suffix = process.platform === 'darwin' ? /\.dylib$/ : /\.so/;
  const names = libraryNames[family].filter((name) => suffix.test(name));
  const folders = [env.MPI_ROOT, env.MPI_HOME, env.I_MPI_ROOT, ...launcherPrefixes(env)]
    .filter((prefix) => prefix !== undefined && prefix !== '')
    .flatMap((prefix) => ['lib', 'lib64', 'lib/release'].map((folder) => join(prefix!, folder)));
  const beside = [...new Set(folders)].flatMap((folder) => names.map((name) => join(folder, name)));
  return [...names, ...beside.filter((path) => existsSync(path))];
}

function launcherPrefixes(env: Readonly<Record<string, string | undefined>>): string[] {
  return (env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['mpirun', 'mpiexec'].map((name) => join(folder, name)))
    .filter((path) => existsSync(path))
    .map((path) => dirname(dirname(realpathSync(path))));
}
