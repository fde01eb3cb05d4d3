/** How a worker that comes late finds a running coordinator on its host: a socket, and a word that opens it. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import type { ProcessIdentity } from '../../process/identity.js';
import { writeFileAtomic } from '../../store/atomic-file.js';

export interface Invitation {
  readonly socket: string;
  /** Known to whoever may read the run directory's file, which its owner alone may. */
  readonly token: string;
  /** Starts the run again when MPI has ended its job: there will be another invitation then. */
  readonly supervisor?: ProcessIdentity;
}

export function invitationFile(runDir: string): string {
  return join(runDir, 'join.json');
}

export function writeInvitation(runDir: string, invitation: Invitation): void {
  writeFileAtomic(invitationFile(runDir), `${JSON.stringify(invitation)}\n`, 0o600);
}

/** Throws EnvironmentError where there is none, or none of this user's. */
export function readInvitation(runDir: string): Invitation {
  const file = invitationFile(runDir);
  let text: string;
  let owner: number;
  try {
    text = readFileSync(file, 'utf8');
    owner = statSync(file).uid;
  } catch (error) {
    throw new EnvironmentError(`the run in ${runDir} takes no further workers`, {
      cause: error,
      hint: 'Runs do while they compute, for the user who started them, unless several ranks compute a case together',
    });
  }
  // Whoever joins runs the code that the coordinator sends.
  if (owner !== process.getuid?.()) {
    throw new EnvironmentError(`the run in ${runDir} belongs to another user`);
  }
  return JSON.parse(text) as Invitation;
}
