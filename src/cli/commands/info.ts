import { arch, platform } from 'node:os';
import { InputError } from '../../errors/input-error.js';
import { compilerVersion } from '../../kernels/compile.js';
import { nativeLibrary } from '../../kernels/native.js';
import { hostSettings } from '../../launch/mpirun/command-line.js';
import { findLaunchers } from '../../launch/mpirun/launcher.js';
import { findMpi, hasUlfm } from '../../mpi/index.js';
import { formatInfo, type InfoFacts, lacksOf } from '../../observe/info.js';
import { buildId, version } from '../../process/install.js';
import { findAbilities } from '../../process/node/abilities.js';
import { availableCores } from '../../process/node/cores.js';
import { spawnProblem } from '../../process/spawn/posix-spawn-library.js';
import { type Command, choiceOption, hasFlag, textOption } from '../command.js';
import type { CommandContext } from '../context.js';
import { preflight, wantedMpi } from '../preflight.js';
import { outputStyle } from '../reporting.js';
import { tryMpi } from '../try-mpi.js';

export const infoCommand: Command = {
  name: 'info',
  describe: 'Says what this machine offers: MPI library, launcher, compiler, kernels, and what is missing.',
  positionals: {},
  options: {
    json: { describe: 'As one JSON document.', isFlag: true },
    check: {
      describe:
        'Says in one line whether Node, MPI and a kernel are right here; exit code 2 where they are not.',
      isFlag: true,
    },
    mpi: {
      describe: `With --check: the MPI library that there must be: ${wantedMpi.join(', ')}; any by default.`,
      value: 'FAMILY',
    },
    study: { describe: 'With --check: a study whose kernel must be there.', value: 'STUDY' },
  },
  handle: (args, context) => {
    if (hasFlag(args, 'check')) {
      const mpi = choiceOption(args, 'mpi', wantedMpi) ?? 'any';
      return preflight({ mpi, study: textOption(args, 'study') }, context);
    }
    for (const name of ['mpi', 'study']) {
      if (args[name] !== undefined) throw new InputError(`--${name} needs --check`);
    }
    const facts = gather(context);
    const text = hasFlag(args, 'json')
      ? JSON.stringify({ ...facts, missing: lacksOf(facts) }, null, 2)
      : formatInfo(facts, outputStyle(context));
    context.stdout.write(`${text}\n`);
    return Promise.resolve(0);
  },
};

function gather({ environment, solvers }: CommandContext): InfoFacts {
  const native = nativeLibrary();
  return {
    version: version(),
    build: buildId(),
    node: process.version,
    platform: `${platform()} ${arch()}`,
    cores: availableCores(),
    ...mpiFacts(environment),
    launchers: findLaunchers(environment).map((launcher) => ({
      ...launcher,
      overHosts: hostSettings(launcher, undefined, environment),
    })),
    spawnProblem: spawnProblem(),
    abilities: findAbilities(environment),
    compiler: compilerVersion(),
    native: native.kind === 'found' ? { path: native.path } : { missing: native.reason },
    kernels: solvers.map((solver) => ({
      name: solver.name,
      version: solver.version,
      forms: solver.forms(),
    })),
  };
}

/** A library that SHOAL_LIBMPI names and that cannot be used is something to report here, not to fail on. */
function mpiFacts(environment: NodeJS.ProcessEnv): Pick<InfoFacts, 'mpi' | 'mpiProblem'> {
  try {
    const { choice } = findMpi();
    if (!choice) return { mpi: undefined };
    return { mpi: { ...choice, threadLevel: shownLevel(environment), isFaultTolerant: hasUlfm() } };
  } catch (error) {
    return { mpi: undefined, mpiProblem: error instanceof Error ? error.message : String(error) };
  }
}

function shownLevel(environment: NodeJS.ProcessEnv): string {
  const trial = tryMpi(environment);
  return trial.kind === 'started' ? trial.threadLevel : `unknown: a trial start failed (${trial.reason})`;
}
