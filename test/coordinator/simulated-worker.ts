import type { Loss } from '../../src/messages/loss.js';
import type { Assignment, CaseGrant } from '../../src/messages/message.js';

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

export function newSimulatedWorker(worker: number, memoryBytes = Number.POSITIVE_INFINITY): SimulatedWorker {
  const nothing = { inbox: [], outbox: [], ranges: [], grants: new Map(), blocks: [] };
  return { worker, state: 'starting', memoryBytes, isUsed: false, ...nothing };
}

/** The second half of what waits, as a worker's pieces do it, and never the only case. */
export function takeHalf({ ranges }: SimulatedWorker): Assignment[] {
  const taken: Assignment[] = [];
  const waiting = ranges.reduce((sum, { count }) => sum + count, 0);
  for (let left = Math.floor(waiting / 2); left > 0; ) {
    const last = ranges.at(-1)!;
    const count = Math.min(left, last.count);
    taken.push({ first: last.first + last.count - count, count, attempt: last.attempt });
    last.count -= count;
    left -= count;
    if (last.count === 0) ranges.pop();
  }
  return taken;
}

export function inWords({ state, inbox, outbox, ranges, blocks }: SimulatedWorker): string {
  return `${state} ${inbox.length} ${outbox.length} ${blocks.length} ${JSON.stringify(ranges)}`;
}
