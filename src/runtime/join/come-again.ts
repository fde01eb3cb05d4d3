/** What guests do when the run has ended under them: where MPI ended its job and it is started again, they come again. */
import { setTimeout as delay } from 'node:timers/promises';
import { whetherAlive } from '../../process/identity.js';
import { readLock } from '../../store/lock.js';
import { type Invitation, readInvitation } from './invitation.js';

const lookMs = 200;

/** A process closes its sockets some moments before it is dead. */
const dyingMs = 1_000;

/** The invitation behind `before`; undefined when there will be none, or when `signal` says not to wait for it. */
export async function nextInvitation(
  runDir: string,
  { token, supervisor }: Invitation,
  signal: AbortSignal,
): Promise<Invitation | undefined> {
  while (supervisor && !signal.aborted && whetherAlive(supervisor) === 'alive') {
    const next = invitationNow(runDir);
    if (next && next.token !== token) return next;
    await delay(lookMs);
  }
  return undefined;
}

/** Whether the run's coordinator has died without giving its lock back. */
export async function hasBrokenOff(runDir: string): Promise<boolean> {
  const endMs = performance.now() + dyingMs;
  for (;;) {
    const owner = readLock(runDir);
    if (owner?.state !== 'held') return false;
    if (whetherAlive(owner) === 'dead') return true;
    if (performance.now() > endMs) return false;
    await delay(lookMs);
  }
}

/** Of a coordinator that lives, or of one that was killed. */
function invitationNow(runDir: string): Invitation | undefined {
  try {
    return readInvitation(runDir);
  } catch {
    return undefined;
  }
}
