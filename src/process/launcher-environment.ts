/** The variables by which a launcher tells a process that it is a rank. */

const prefixes = ['OMPI_', 'PMIX_', 'PRTE_', 'ORTE_', 'PMI_', 'HYDI_', 'HYDRA_', 'MPIR_', 'MPICH_', 'I_MPI_'];
const names = new Set([
  'MPI_LOCALNRANKS',
  'MPI_LOCALRANKID',
  'GFORTRAN_UNBUFFERED_PRECONNECTED',
  'SLURM_PROCID',
  'SLURM_LOCALID',
]);
const kept = /^OMPI_(ALLOW_RUN_AS_ROOT|MCA_)/;

/** The environment for a child that is no rank: an MPI library in it would otherwise take the parent's place. */
export function withoutLauncher(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name]) => kept.test(name) || !(names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))),
    ),
  );
}
