import type { Loss } from '../../src/messages/loss.js';
import type { CaseGrant } from '../../src/messages/message.js';

/** A worker of a `World`. */
export interface SimulatedWorker {
  readonly worker: number;
  state: 'starting' | 'ready' | 'stopped' | 'dead';
  /** Messages from the coordinator. */
  readonly inbox: Uint8Array[];
  /** Messages to the coordinator; how it ended behind them when the worker has died. */
  readonly outbox: (Uint8Array | Loss)[];
  readonly ranges: { first: number; count: number; attempt: number; isAlone?: true }[];
  /** What it was told that cases may use. */
  readonly grants: Map<number, CaseGrant>;
  /** Memory that its process may use, and whether that has computed anything. */
  memoryBytes: number;
  isUsed: boolean;
  /** Blocks that are computed and not sent. */
  blocks: Uint8Array[];
}
