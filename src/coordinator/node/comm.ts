import type { Assignment, Credit, Digest, GivenUp } from '../../messages/message.js';
import type { Comm } from '../comm.js';

/** What a node coordinator can do to its workers. */
export type CrewComm = Pick<Comm, 'grant' | 'assign' | 'renew' | 'flush' | 'revoke' | 'stopWorker'>;

/** What it can tell the root, and time. */
export interface UpComm extends Pick<Comm, 'nowMs' | 'wakeAt'> {
  /** Copies blocks into the bundle that is built; false when they do not fit any more. */
  gather(blocks: Uint8Array): boolean;
  /** Sends what was gathered. */
  sendBundle(digest: Digest): void;
  /** Blocks that fit into no bundle, as a message of their own. */
  sendAlone(blocks: Uint8Array, digest: Digest): void;
  sendReleased(ranges: readonly Assignment[], credit: Credit): void;
  sendTeam(ready: number): void;
  sendGivenUp(given: Omit<GivenUp, 'kind'>): void;
}
