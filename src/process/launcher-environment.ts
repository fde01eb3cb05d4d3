/** The variables by which a launcher tells a process that it is a rank. */

const prefixes = ['OMPI_', 'PMIX_', 'PRTE_', 'PMI_', 'HYDI_', 'MPI_LOCAL'];
const names = new Set(['SLURM_PROCID', 'SLURM_LOCALID']);
/** What a user sets for Open MPI begins the same way; only these parts of it are the launcher's own. */
const usersOwn = /^OMPI_(ALLOW_RUN_AS_ROOT|MCA_(?!orte_|ess|pmix|prte|initial_wdir))/;

/** The environment for a child that is no rank: an MPI library in it would otherwise take the parent's place. */
export function withoutLauncher(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isLaunchers = (name: string): boolean =>
    names.has(name) || (prefixes.some((prefix) => name.startsWith(prefix)) && !usersOwn.test(name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isLaunchers(name)));
}
