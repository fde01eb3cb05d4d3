/** The place of a rank among those of its node, as launchers tell it. */

export interface LocalRank {
  readonly index: number;
  readonly count: number;
}

/** Of Open MPI (and PRRTE), of Hydra, of Slurm, of Cray's PALS, of MVAPICH. */
const pairs = [
  ['OMPI_COMM_WORLD_LOCAL_RANK', 'OMPI_COMM_WORLD_LOCAL_SIZE'],
  ['MPI_LOCALRANKID', 'MPI_LOCALNRANKS'],
  ['PALS_LOCAL_RANKID', 'PALS_LOCAL_SIZE'],
  ['MV2_COMM_WORLD_LOCAL_RANK', 'MV2_COMM_WORLD_LOCAL_SIZE'],
] as const;

/** Undefined where no launcher says. */
export function localRank(environment: NodeJS.ProcessEnv = process.env): LocalRank | undefined {
  for (const [rank, size] of pairs) {
    const found = valid(environment[rank], environment[size]);
    if (found) return found;
  }
  return valid(environment.SLURM_LOCALID, tasksHere(environment));
}

/** `SLURM_STEP_TASKS_PER_NODE` is like `4(x2),3`: by the node's number in the step. */
function tasksHere({ SLURM_STEP_TASKS_PER_NODE: text, SLURM_NODEID }: NodeJS.ProcessEnv): string | undefined {
  let node = Number(SLURM_NODEID ?? 0);
  for (const part of (text ?? '').split(',')) {
    const [, tasks, times = '1'] = /^(\d+)(?:\(x(\d+)\))?$/.exec(part) ?? [];
    if (tasks === undefined) return undefined;
    if (node < Number(times)) return tasks;
    node -= Number(times);
  }
  return undefined;
}

function valid(rank: string | undefined, size: string | undefined): LocalRank | undefined {
  const [index, count] = [Number(rank), Number(size)];
  return Number.isInteger(index) && Number.isInteger(count) && index >= 0 && index < count
    ? { index, count }
    : undefined;
}
