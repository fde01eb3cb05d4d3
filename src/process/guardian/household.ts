/**
 * What the workers of one starter have in common: the guardian that ends them when the starter dies, a mark in their
 * environment by which everything is found that they started, and a folder for their scratch files.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { scratchBase } from '../scratch.js';
import { SshConnections } from '../spawn/ssh-connections.js';
import { temporaryName } from '../temporary.js';
import { type Guardian, startGuardian } from './guardian.js';

export interface Household {
  readonly guardian: Guardian;
  /** A word that nothing else on this machine has. */
  readonly mark: string;
  /** Made when it is needed, and gone when the household is, however that ends. */
  readonly scratch: string;
  /** To the hosts of those workers that are carried there. */
  readonly connections: SshConnections;
  /** Ends what is left of it. Idempotent. */
  close(): void;
}

export function openHousehold(): Household {
  const guardian = startGuardian();
  const mark = temporaryName('scratch');
  const scratch = join(scratchBase(), mark);
  guardian.watchMarked(mark);
  guardian.ownFolder(scratch);
  const connections = new SshConnections();
  return {
    ...{ guardian, mark, scratch, connections },
    close: () => {
      connections.close();
      removeFolder(scratch);
      guardian.close();
    },
  };
}

/** What a process that still runs keeps on writing is the guardian's to remove. */
export function removeFolder(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It is tried again when everybody has ended.
  }
}
