/** The ways in which a user starts the program: alone, through its own mpirun, and under mpirun. */
import { commandLine } from '../../src/launch/mpirun/command-line.js';
import { findLaunchers, type Launcher, type LauncherFamily } from '../../src/launch/mpirun/launcher.js';
import { mainScript } from '../../src/process/install.js';
import type { Role } from './processes.js';

export interface Start {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

/** What can be killed; `everything` is what a power cut does. */
export type Target = Role | 'everything';

export interface Transport {
  readonly name: string;
  readonly targets: readonly Target[];
  /** Its program starts ranks again by itself. */
  readonly restarts?: true;
  /** Over so many ranks, `localRanks` unless said otherwise. */
  start(args: readonly string[], ranks?: number): Start;
}

/** Three processes on two cores: the kills find some that compute, some that wait. */
export const localRanks = 3;

export const local: Transport = {
  name: 'local processes',
  targets: ['parent', 'child', 'everything'],
  start: (args, ranks = localRanks) => ({
    program: process.execPath,
    args: [mainScript(), ...args, '--ranks', String(ranks)],
    environment: process.env,
  }),
};

export const families = ['openmpi', 'mpich'] as const satisfies readonly LauncherFamily[];

export function launcherOf(family: LauncherFamily): Launcher | undefined {
  return findLaunchers(process.env).find((launcher) => launcher.family === family);
}

/** `mpirun -np 3 node dist/main.js …`, as users call it. */
export function underMpirun(launcher: Launcher): Transport {
  return {
    name: `${launcher.family}, mpirun called by the user`,
    targets: ['rank', 'rank 0', 'child', 'launcher', 'everything'],
    start: (args, ranks = localRanks) => {
      const line = commandLine({
        launcher,
        ranks,
        command: [process.execPath, mainScript(), ...args],
        isRoot: process.getuid?.() === 0,
        callerEnvironment: process.env,
        rankEnvironment: {},
      });
      return { program: line.program, args: line.args, environment: { ...process.env, ...line.environment } };
    },
  };
}

/** `node dist/main.js … --launcher mpirun`. */
export function throughMpirun(launcher: Launcher): Transport {
  return {
    name: `${launcher.family}, mpirun called by the program`,
    targets: ['parent', 'rank', 'rank 0', 'child', 'launcher', 'everything'],
    restarts: true,
    start: (args, ranks = localRanks) => ({
      program: process.execPath,
      args: [mainScript(), ...args, '--ranks', String(ranks), '--launcher', 'mpirun'],
      environment: { ...process.env, SHOAL_MPIRUN: launcher.path },
    }),
  };
}
