import { spawnSync } from 'node:child_process';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compilerVersion } from '../kernels/compile.js';
import { nativeLibrary } from '../kernels/native.js';
import { findLaunchers } from '../launch/mpirun/launcher.js';
import { findMpi, hasUlfm } from '../mpi/index.js';
import { formatInfo, type InfoFacts, lacksOf } from '../observe/info.js';
import { findAbilities } from '../process/abilities.js';
import { availableCores } from '../process/cores.js';
import { buildId, packageRoot, version } from '../process/install.js';
import { withoutLauncher } from '../process/launcher-environment.js';
import { spawnProblem } from '../process/posix-spawn-library.js';
import { type Command, hasFlag } from './command.js';
import type { CommandContext } from './context.js';
import { outputStyle } from './reporting.js';

export const infoCommand: Command = {
  name: 'info',
  describe: 'Says what this machine offers: MPI library, launcher, compiler, kernels, and what is missing.',
  positionals: {},
  options: { json: { describe: 'As one JSON document.', isFlag: true } },
  handle: (args, context) => {
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
    launchers: findLaunchers(environment),
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
    return { mpi: { ...choice, threadLevel: askThreadLevel(environment), isFaultTolerant: hasUlfm() } };
  } catch (error) {
    return { mpi: undefined, mpiProblem: error instanceof Error ? error.message : String(error) };
  }
}

/** Only a started MPI tells it, and starting can fail or hang: a child of its own does it. */
function askThreadLevel(environment: NodeJS.ProcessEnv): string {
  const binding = pathToFileURL(join(packageRoot(), 'dist', 'mpi.js'));
  const program = `const { threadLevel } = await import('${binding}'); console.log(threadLevel());`;
  const asked = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    env: withoutLauncher(environment),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 15_000,
  });
  if (asked.status === 0) return asked.stdout.trim();
  const reason = asked.stderr.split('\n').find((line) => /error/i.test(line)) ?? `exit code ${asked.status}`;
  return `unknown: a trial start failed (${reason.trim()})`;
}
