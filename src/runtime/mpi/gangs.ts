/** MPI kernels: which ranks of a job compute a case together. Rank 0 coordinates and is in no gang. */
import { InputError } from '../../errors/input-error.js';
import { type Comm, ProcessFailedError } from '../../mpi/index.js';
import type { RunRequest } from '../api.js';

/** A rank's place in a job whose cases are computed by `ranksPerTask` ranks each. */
export type GangPlace =
  /** `comm`: rank 0 and the leaders; `numbers`: their ranks in the job; `idle`: ranks that make no whole gang. */
  | {
      readonly kind: 'root';
      readonly comm: Comm;
      readonly numbers: readonly number[];
      readonly idle: readonly number[];
    }
  | { readonly kind: 'leader'; readonly comm: Comm; readonly gang: Comm }
  | { readonly kind: 'follower'; readonly gang: Comm }
  | { readonly kind: 'idle' };

/** Ranks 1, 2, … in runs of `ranksPerTask`; the first of each run leads it. Collective over all ranks that are not idle. */
export function gangPlace(world: Comm, ranksPerTask: number): GangPlace {
  const { rank, size } = world;
  const gangs = Math.floor((size - 1) / ranksPerTask);
  const firstOf = (gang: number): number => 1 + gang * ranksPerTask;
  const leaders = Array.from({ length: gangs }, (_, gang) => firstOf(gang));
  const numbers = [0, ...leaders];
  if (rank === 0) {
    const comm = made(world, numbers, 0);
    const idle = Array.from({ length: size - firstOf(gangs) }, (_, i) => firstOf(gangs) + i);
    return { kind: 'root', comm, numbers, idle };
  }
  if (rank >= firstOf(gangs)) return { kind: 'idle' };
  const own = Math.floor((rank - 1) / ranksPerTask);
  const isLeading = rank === firstOf(own);
  const comm = isLeading ? made(world, numbers, 0) : undefined;
  const members = Array.from({ length: ranksPerTask }, (_, i) => firstOf(own) + i);
  const gang = made(world, members, 1 + own);
  return comm ? { kind: 'leader', comm, gang } : { kind: 'follower', gang };
}

/** Of these ranks alone: the others need not take part. */
function made(world: Comm, ranks: readonly number[], tag: number): Comm {
  const all = world.group();
  const group = all.incl(ranks);
  const comm = world.createGroup(group, tag);
  group.free();
  all.free();
  if (!comm) throw new Error('only the members of a group make its communicator');
  return comm;
}

/** What an idle rank waits for on the job's own communicator: it may leave. */
const homeTag = 77;

export async function awaitDismissal(world: Comm): Promise<void> {
  await world.irecv(new Uint8Array(1), 0, homeTag);
}

export function dismissIdle(world: Comm, idle: readonly number[]): void {
  for (const rank of idle) {
    try {
      world.send(new Uint8Array(1), rank, homeTag);
    } catch (error) {
      if (!(error instanceof ProcessFailedError)) throw error;
    }
  }
}

/** What those who start a run should know of ranks that have nothing to do; undefined when there are none. */
export function idleNotice(size: number, ranksPerTask: number): string | undefined {
  const idle = (size - 1) % ranksPerTask;
  if (ranksPerTask === 1 || idle === 0) return undefined;
  const gangs = (size - 1 - idle) / ranksPerTask;
  return (
    `${idle} of ${size} ranks ${idle === 1 ? 'has' : 'have'} nothing to do: beside rank 0, which coordinates, ` +
    `${gangs} × ${ranksPerTask} compute`
  );
}

/** Throws InputError where an MPI kernel cannot run as asked. `size`: ranks of the job; 0 outside of one. */
export function checkGangs({ study, coordinators, verify }: RunRequest, size: number): void {
  const { ranksPerTask } = study.execution;
  if (ranksPerTask === 1) return;
  const field = 'execution.ranks_per_task';
  if (size < ranksPerTask + 1) {
    throw new InputError(
      `an MPI kernel of ${ranksPerTask} ranks needs a job of ${ranksPerTask + 1} and more`,
      {
        field,
        expected: `mpirun -np ${ranksPerTask + 1} …, or --launcher mpirun --ranks ${ranksPerTask + 1}`,
        given: size === 0 ? 'no MPI job' : `${size} ranks`,
      },
    );
  }
  if (typeof coordinators === 'number' && coordinators > 0) {
    throw new InputError('an MPI kernel goes without node coordinators', {
      field: '--coordinators',
      expected: 'auto or none',
      given: String(coordinators),
    });
  }
  if (verify !== undefined && verify > 0) {
    throw new InputError('an MPI kernel cannot be verified by one process', {
      field: '--verify',
      expected: 'a second run in another --run-dir, to compare its export',
      given: String(verify),
    });
  }
}
