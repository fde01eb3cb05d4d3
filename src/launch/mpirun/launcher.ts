/** Launchers of MPI jobs on this machine, and which MPI library each belongs to. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';

export type LauncherFamily = 'openmpi' | 'mpich';

export interface Launcher {
  readonly family: LauncherFamily;
  readonly path: string;
  /** As the launcher says it: `4.1.4`. */
  readonly version: string;
  /** The libmpi that lies beside it, where one does: ranks that load another would each be alone. */
  readonly library: string | undefined;
}

/** Plain names first: what a user's PATH calls mpirun is what they mean, the others are a distribution's spares. */
const names = [
  'mpirun',
  'mpiexec',
  'mpirun.openmpi',
  'mpiexec.openmpi',
  'mpiexec.hydra',
  'mpirun.mpich',
  'mpiexec.mpich',
] as const;

const libraryNames = {
  openmpi: ['libmpi.so.40', 'libmpi.40.dylib'],
  mpich: ['libmpich.so.12', 'libmpi.so.12', 'libmpi.12.dylib'],
} as const satisfies Record<LauncherFamily, readonly string[]>;

const libraryFolders = [
  'lib',
  'lib64',
  'lib/release',
  'lib/x86_64-linux-gnu',
  'lib/aarch64-linux-gnu',
] as const;

/** Every launcher found, one for each program, in the order of preference; `SHOAL_MPIRUN` names the only one. */
export function findLaunchers(environment: NodeJS.ProcessEnv): readonly Launcher[] {
  const named = environment.SHOAL_MPIRUN;
  const folders = (environment.PATH ?? '').split(delimiter).filter(Boolean);
  const paths = named
    ? [named.includes('/') ? named : (onPath(named, folders) ?? named)]
    : names.map((name) => onPath(name, folders)).filter((path) => path !== undefined);
  const found = new Map<string, Launcher>();
  for (const path of paths) {
    const program = realPath(path);
    if (found.has(program)) continue;
    const launcher = identify(path, program, environment);
    if (launcher) found.set(program, launcher);
  }
  return [...found.values()];
}

/** The launcher to use. Throws EnvironmentError when there is none, saying what to do. */
export function chooseLauncher(environment: NodeJS.ProcessEnv): Launcher {
  const [launcher] = findLaunchers(environment);
  if (launcher) return launcher;
  if (environment.SHOAL_MPIRUN) {
    throw new EnvironmentError(
      `SHOAL_MPIRUN names ${environment.SHOAL_MPIRUN}, which is no launcher of Open MPI or MPICH`,
    );
  }
  throw new EnvironmentError('no mpirun or mpiexec of Open MPI or MPICH found on PATH', {
    hint: 'Install one (Debian: apt-get install openmpi-bin), or use --launcher local, which needs no MPI',
  });
}

/** Family and version in what `mpirun --version` prints, or undefined for another program. */
export function readVersion(
  text: string,
): { readonly family: LauncherFamily; readonly version: string } | undefined {
  const openmpi = /\((?:Open MPI|OpenRTE|PRRTE)\)\s+(\S+)/.exec(text);
  if (openmpi?.[1]) return { family: 'openmpi', version: openmpi[1] };
  const hydra = /HYDRA build details:[\s\S]*?Version:\s+(\S+)/.exec(text);
  if (hydra?.[1]) return { family: 'mpich', version: hydra[1] };
  const intel = /Intel\(R\) MPI Library.*?Version\s+(\S+(?: Update \d+)?)/.exec(text);
  if (intel?.[1]) return { family: 'mpich', version: intel[1] };
  return undefined;
}

function identify(path: string, program: string, environment: NodeJS.ProcessEnv): Launcher | undefined {
  const { stdout, error } = spawnSync(path, ['--version'], {
    encoding: 'utf8',
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 10_000,
  });
  const facts = error ? undefined : readVersion(stdout);
  return facts && { ...facts, path, library: libraryBeside(program, facts.family) };
}

/** `PREFIX/bin/mpirun` belongs to a library in `PREFIX/lib…`. */
function libraryBeside(program: string, family: LauncherFamily): string | undefined {
  const prefix = dirname(dirname(program));
  for (const folder of libraryFolders) {
    for (const name of libraryNames[family]) {
      const path = join(prefix, folder, name);
      if (existsSync(path)) return path;
    }
  }
  return undefined;
}

function onPath(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
