import type { CaseGrant } from '../../src/messages/message.js';

/** A worker of a `World`. */
export interface SimulatedWorker {
  readonly worker: number;
  state: 'starting' | 'ready' | 'stopped' | 'dead';
  /** Messages from the coordinator. */
  readonly inbox: Uint8Array[];
  /** Messages to the coordinator; `dead` behind them when the worker has died. */
  readonly outbox: (Uint8Array | 'dead')[];
  readonly ranges: { first: number; count: number; attempt: number; isAlone?: true }[];
  /** What it was told that cases may use. */
  readonly grants: Map<number, CaseGrant>;
  /** Blocks that are computed and not sent. */
  blocks: Uint8Array[];
}
