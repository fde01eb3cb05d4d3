/** The variables by which a launcher tells a process that it is a rank. */

/** Of Open MPI, PMIx, Hydra, Cray's PALS and MVAPICH. */
const prefixes = ['OMPI_', 'PMIX_', 'PRTE_', 'PMI_', 'HYDI_', 'MPI_LOCAL', 'PALS_', 'MV2_COMM_WORLD_'];
/** Slurm's for a step and its tasks. What it says of the job stays, since an mpirun finds its nodes by it. */
const slurmStep =
  /^SLURM_(STEP|PROCID|LOCALID|NODEID|GTIDS|TASK_PID|SRUN_|LAUNCH_NODE|CPU_BIND|MEM_BIND|PMI|MPI_TYPE)/;
/** What a user sets for Open MPI begins the same way; only these parts of it are the launcher's own. */
const usersOwn = /^(OMPI|PRTE)_(ALLOW_RUN_AS_ROOT|MCA_(?!orte_|prte_|ess|pmix|initial_wdir))/;

/** The environment for a child that is no rank: an MPI library in it would otherwise take the parent's place. */
export function withoutLauncher(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isLaunchers(name)));
}

function isLaunchers(name: string): boolean {
  if (usersOwn.test(name)) return false;
  return slurmStep.test(name) || prefixes.some((prefix) => name.startsWith(prefix));
}
