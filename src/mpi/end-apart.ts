/**
 * The end of ranks of MPICH 4.0 and 4.1 over UCX on several hosts, whose MPI_Finalize hangs more often than not: a rank that
 * has closed its own connections waits for the others in its launcher's barrier, where it no longer answers those who
 * close theirs. So the ranks meet once more, tell the launcher themselves that they are done, and close nothing.
 */
import { readSync, writeSync } from 'node:fs';
import { localRank } from '../process/node/local-rank.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** `libraryVersion` is what MPI_Get_library_version says. False where the ranks are known to share one host. */
export function mustEndApart(libraryVersion: string, size: number, env: Environment = process.env): boolean {
  const isAffected = /^MPICH Version:\s*4\.[01]\b[\s\S]*^MPICH Device:\s*ch4:ucx/m.test(libraryVersion);
  return isAffected && env.PMI_FD !== undefined && (localRank(env)?.count ?? 1) < size;
}

/** Instead of MPI_Finalize, for all ranks. `barrier` is one of MPI over the world. */
export function endApart(barrier: () => void, env: Environment = process.env): void {
  // Who has passed the second knows that all messages of the first have arrived, and with them all before.
  barrier();
  barrier();
  const descriptor = Number(env.PMI_FD);
  // Nobody leaves while another may still wait for a message of the second.
  ask(descriptor, 'barrier_in', 'barrier_out');
  ask(descriptor, 'finalize', 'finalize_ack');
}

/** A word to the process manager, over the socket that the library has from it, and its answer. */
function ask(descriptor: number, command: string, expected: string): void {
  writeSync(descriptor, `cmd=${command}\n`);
  const buffer = Buffer.alloc(1024);
  let answer = '';
  while (!answer.includes('\n')) {
    const bytes = readSync(descriptor, buffer);
    if (bytes === 0) break;
    answer += buffer.toString('latin1', 0, bytes);
  }
  if (!answer.includes(`cmd=${expected}`)) {
    throw new Error(`the process manager answered ${JSON.stringify(answer)} to ${command}`);
  }
}
