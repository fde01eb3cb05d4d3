/** The variables by which a launcher tells a process that it is a rank. */

/** Of Open MPI, PMIx, Hydra, Cray's PALS and MVAPICH. */
const prefixes = ['OMPI_', 'PMIX_', 'PRTE_', 'PMI_', 'HYDI_', 'MPI_LOCAL', 'PALS_', 'MV2_COMM_WORLD_'];
/** Slurm's for a step and its tasks. What it says of the job stays, since an mpirun finds its nodes by it. */
const slurmStep =
  /^SLURM_(STEP|PROCID|LOCALID|NODEID|GTIDS|TASK_PID|SRUN_|LAUNCH_NODE|CPU_BIND|MEM_BIND|PMI|MPI_TYPE)/;
/** What a user sets for Open MPI begins the same way; only these parts of it are the launcher's own. */
const usersOwn = /^(OMPI|PRTE)_(ALLOW_RUN_AS_ROOT|MCA_(?!orte_|prte_|ess|pmix|initial_wdir))/;

/** Where a worker of ours that is no rank carries what its starter knows of the launcher. */
const carrier = 'SHOAL_LAUNCHER_VARIABLES';

/** The environment for a child that is no rank: an MPI library in it would otherwise take the parent's place. */
export function withoutLauncher(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !isLaunchers(name) && name !== carrier),
  );
}

/** The same for a worker of ours: programs that it starts can have the launcher's variables again. */
export function carryingLauncher(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const all = withLauncher(environment);
  const launchers = Object.entries(all).filter(([name]) => isLaunchers(name));
  const others = withoutLauncher(all);
  return launchers.length === 0
    ? others
    : { ...others, [carrier]: JSON.stringify(Object.fromEntries(launchers)) };
}

/** The environment with the launcher's variables, those that were carried here too. */
export function withLauncher(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { [carrier]: carried, ...others } = environment;
  return { ...others, ...(carried !== undefined && (JSON.parse(carried) as NodeJS.ProcessEnv)) };
}

function isLaunchers(name: string): boolean {
  if (usersOwn.test(name)) return false;
  return slurmStep.test(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
