/** The command that starts the ranks in a job, by the site's launchers. */
import { InputError } from '../../errors/input-error.js';
import type { MpiFamily, ScriptSettings, SlurmLauncher } from '../../study/slurm/settings.js';
import type { Site } from './site.js';

export interface LaunchLine {
  readonly family: MpiFamily;
  readonly launcher: SlurmLauncher;
  readonly line: string;
  /** What the launcher passes on to its ranks, and does not die of. */
  readonly stopSignal: 'USR2' | 'INT';
}

/** Throws InputError where the site knows no such launcher. */
export function launchLine(site: Site, script: ScriptSettings, mpiHere: MpiFamily | undefined): LaunchLine {
  const family = script.mpi ?? mpiHere ?? 'openmpi';
  const lines = site.launchers[family] ?? {};
  const known = (Object.keys(lines) as SlurmLauncher[]).filter((name) => lines[name] !== undefined);
  const [only] = known;
  const launcher = known.length === 1 && only ? only : (script.launcher ?? 'mpirun');
  const line = lines[launcher];
  if (line === undefined) {
    throw new InputError(`the site ${site.name} has no ${launcher} for ${family}`, {
      expected:
        known.length > 0 ? `one of ${known.join(', ')}` : `launchers: { ${family}: { ${launcher}: … } }`,
    });
  }
  const stopSignal = stopSignals[family][launcher];
  return { family, launcher, line: line.trim().replaceAll(/\s+/g, ' '), stopSignal };
}

/** Hydra, the mpirun of MPICH and Intel MPI, dies of SIGUSR2; the first SIGINT it passes on. */
const stopSignals = {
  openmpi: { mpirun: 'USR2', srun: 'USR2' },
  mpich: { mpirun: 'INT', srun: 'USR2' },
  intel: { mpirun: 'INT', srun: 'USR2' },
  cray: { mpirun: 'INT', srun: 'USR2' },
} as const satisfies Record<MpiFamily, Record<SlurmLauncher, LaunchLine['stopSignal']>>;
