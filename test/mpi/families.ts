/** The MPI families that this machine can run, and how a program is started under each. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import { packageRoot } from '../../src/process/install.js';
import { recordSkip } from '../skips.js';
import { openMpi5 } from './open-mpi-5.js';

export type FamilyName = 'Open MPI' | 'MPICH' | 'Open MPI 5';

interface Family {
  readonly name: FamilyName;
  readonly launchers: readonly string[];
  readonly compilers: readonly string[];
  /** What `LAUNCHER --version` contains, so that one family's `mpirun` is not taken for the other's. */
  readonly mark: RegExp;
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const asRoot = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };

const families: readonly Family[] = [
  {
    name: 'Open MPI',
    launchers: ['mpirun.openmpi', 'mpirun'],
    compilers: ['mpicc.openmpi', 'mpicc'],
    mark: /Open ?MPI|OpenRTE|PRRTE/i,
    flags: ['--oversubscribe', '--bind-to', 'none'],
    environment: asRoot,
  },
  {
    name: 'MPICH',
    launchers: ['mpiexec.hydra', 'mpirun.mpich', 'mpiexec'],
    compilers: ['mpicc.mpich', 'mpicc'],
    mark: /HYDRA|MPICH/i,
    flags: [],
    environment: {},
  },
];

const five: Omit<Family, 'launchers' | 'compilers' | 'mark'> = {
  name: 'Open MPI 5',
  flags: ['--map-by', ':OVERSUBSCRIBE', '--bind-to', 'none'],
  environment: asRoot,
};

export interface Runnable {
  readonly name: FamilyName;
  readonly launcher: string | undefined;
  readonly compiler: string | undefined;
}

/** The installed families; where one is missing, its launcher or compiler is undefined and the reason is recorded. */
export const runnables: readonly Runnable[] = families.map((family) => {
  const launcher = family.launchers.find((program) => family.mark.test(output(program, '--version')));
  const compiler = family.compilers.find((program) => isCompilerOf(family, program));
  if (!launcher) recordSkip(`MPI tests under ${family.name}: its mpirun is not installed`);
  if (!compiler) recordSkip(`comparison with the mpi.h of ${family.name}: its mpicc is not installed`);
  return { name: family.name, launcher, compiler };
});

/** A third library beside them, where it can be had: for tests that depend on the library most. */
export function runnableOpenMpi5(): Runnable {
  const folder = openMpi5();
  const program = (name: string) => folder && join(folder, 'bin', name);
  return { name: five.name, launcher: program('mpirun'), compiler: program('mpicc') };
}

function isCompilerOf(family: Family, program: string): boolean {
  const macro = family.name === 'Open MPI' ? 'OPEN_MPI' : 'MPICH_VERSION';
  const asked = spawnSync(program, ['-E', '-dM', '-include', 'mpi.h', '-x', 'c', '/dev/null'], {
    encoding: 'utf8',
  });
  return asked.status === 0 && new RegExp(`#define ${macro}\\b`).test(asked.stdout);
}

function output(program: string, argument: string): string {
  const { stdout, stderr, error } = spawnSync(program, [argument], {
    encoding: 'utf8',
    env: { ...process.env, ...asRoot },
  });
  return error ? '' : stdout + stderr;
}

export interface Outcome {
  /** Exit code of the launcher, or null. */
  readonly code: number | null;
  /** The signal that ended it instead. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly ranks: number;
  /** Further words for the launcher. */
  readonly launcherFlags?: readonly string[];
  readonly nodeFlags?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const outputFolder = join(packageRoot(), 'build', 'test-mpi');
/** Longer than any program here takes on a busy machine: who needs more hangs. */
const timeoutMs = 240_000;

/** Bundles a program of test/mpi/programs, as users' programs are, and returns the file. */
export async function bundleProgram(name: string): Promise<string> {
  mkdirSync(outputFolder, { recursive: true });
  const build = await rolldown({
    input: join(packageRoot(), 'test', 'mpi', 'programs', `${name}.ts`),
    cwd: packageRoot(),
    platform: 'node',
    external: [/^node:/, 'koffi'],
    tsconfig: false,
  });
  // A folder for each program: two test files may bundle at once.
  const dir = join(outputFolder, name);
  await build.write({ dir, format: 'esm', entryFileNames: '[name].js' });
  await build.close();
  return join(dir, `${basename(name)}.js`);
}

/** Arguments and environment with which the family's launcher starts a command on so many ranks. */
export function startArguments(
  { name }: Runnable,
  ranks: number,
  command: readonly string[],
): { args: string[]; env: NodeJS.ProcessEnv } {
  const { flags, environment } = families.find((family) => family.name === name) ?? five;
  return {
    args: [...flags, '-np', String(ranks), ...command],
    env: { ...process.env, NO_COLOR: '1', ...environment },
  };
}

/** Runs a bundled program under the family's launcher to its end. */
export function runRanks(runnable: Runnable, script: string, options: RunOptions): Promise<Outcome> {
  const node = [process.execPath, ...(options.nodeFlags ?? []), script, ...(options.args ?? [])];
  const { args, env: started } = startArguments(runnable, options.ranks, node);
  const env = { ...started, ...options.env };
  const child = spawn(runnable.launcher!, [...(options.launcherFlags ?? []), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return outcome(child);
}

/** Runs a bundled program by itself: a world of one rank. */
export function runAlone(script: string, options: Omit<RunOptions, 'ranks'> = {}): Promise<Outcome> {
  const args = [...(options.nodeFlags ?? []), script, ...(options.args ?? [])];
  const env = { ...process.env, NO_COLOR: '1', ...options.env };
  return outcome(spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

function outcome(child: ReturnType<typeof spawn>): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout!.on('data', (text) => {
      stdout += text;
    });
    child.stderr!.on('data', (text) => {
      stderr += text;
    });
    // A launcher that gets SIGTERM ends its ranks; after SIGKILL they would go on.
    const timer = setTimeout(() => child.kill('SIGTERM'), timeoutMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr });
    });
  });
}
