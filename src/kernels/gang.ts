/** An MPI kernel: one case at a time, computed by all ranks of a gang together. The first rank of the gang leads. */
import type { Failure } from '../codec/block.js';
import { allocateColumns } from '../codec/columns.js';
import { decode, encode } from '../codec/msgpack.js';
import { type Comm, ProcessFailedError, RevokedError } from '../mpi/index.js';
import type { CaseClock } from '../process/case-clock.js';
import type { CaseSpace } from '../study/case-space.js';
import type { GangComms } from './gang-comms.js';
import type { ReadyKernel } from './kernel.js';
import { failureOf } from './run-batch.js';
import type { Slot } from './slot.js';

/** In the place of a case: there is none left. */
const over = -1;

/**
 * The kernel as the leader's worker calls it: each call is made by the whole gang. `close` sends the others home. A gang
 * of which a rank has died computes nothing any more, and no case has failed by that: `onBroken` ends this rank as well.
 */
export function leading(
  kernel: ReadyKernel,
  comms: GangComms,
  clock: CaseClock,
  onBroken: () => never,
): ReadyKernel {
  return {
    ...kernel,
    mostCases: 1,
    runBatch: async (count, columns, out, context) => {
      try {
        clock.begin(context.first);
        tell(comms.own, context.first, context.attempt);
        return await together(comms, () => kernel.runBatch(count, columns, out, context));
      } catch (error) {
        if (error instanceof ProcessFailedError) onBroken();
        throw error;
      } finally {
        clock.end();
      }
    },
    close: () => {
      tell(comms.own, over, 0);
      kernel.close?.();
    },
  };
}

/** Non-blocking like the others' half, since blocking collectives do not match those. */
function tell(comm: Comm, first: number, attempt: number): void {
  comm.ibcast(Float64Array.of(first, attempt), 0).wait();
}

/** The others: they compute what the leader computes, from the same inputs, until it closes its kernel. */
export async function following(
  kernel: ReadyKernel,
  comms: GangComms,
  space: CaseSpace,
  slot: Slot,
): Promise<void> {
  const word = new Float64Array(2);
  for (;;) {
    // Looked for with growing rests: a gang without work leaves its cores to others.
    await comms.own.ibcast(word, 0);
    const [first = over, attempt = 1] = word;
    if (first === over) break;
    const columns = space.fill(first, 1);
    const out = allocateColumns(kernel.outputs, 1);
    await together(comms, () => kernel.runBatch(1, columns, out, slot.open(first, 1, attempt)));
    slot.close();
  }
  kernel.close?.();
}

/**
 * A case fails at all ranks when it fails at one: with what the lowest of these says, so that the row does not depend
 * on who was faster. A rank that fails in the middle of the others' collective call leaves them waiting for it, where
 * the library cannot interrupt them; then only the end of the job ends that.
 */
async function together(
  comms: GangComms,
  compute: () => ReturnType<ReadyKernel['runBatch']>,
): Promise<readonly Failure[] | undefined> {
  let own: Failure | undefined;
  try {
    [own] = (await compute()) ?? [];
  } catch (error) {
    own = failureOf(error, 0);
  }
  if (own) comms.interrupt();
  const comm = comms.own;
  const lowest = new Int32Array(1);
  comm.allreduce(Int32Array.of(weight(own, comm)), lowest, 'min');
  const [least = 0] = lowest;
  if (least === 2 * comm.size) return undefined;
  const failure = shared(comm, least % comm.size, own);
  comms.renew();
  return [failure];
}

/** The lowest decides. Whoever was only interrupted comes behind all that failed, and before who did not. */
function weight(failure: Failure | undefined, { rank, size }: Comm): number {
  if (!failure) return 2 * size;
  return failure.type === RevokedError.name ? size + rank : rank;
}

/** The failure of rank `source`, at every rank. */
function shared(comm: Comm, source: number, own: Failure | undefined): Failure {
  const bytes = comm.rank === source ? encode(own) : undefined;
  const length = Int32Array.of(bytes?.byteLength ?? 0);
  comm.bcast(length, source);
  const carried = bytes ? Uint8Array.from(bytes) : new Uint8Array(length[0] as number);
  comm.bcast(carried, source);
  return decode(carried) as Failure;
}
