/** Every message between coordinator and worker. */

import type { KernelForm } from '../study/solver.js';
import type { Study } from '../study/study.js';

/** Raised when the wire format or the meaning of a message changes: ranks of another protocol are refused. */
export const protocolVersion = 1;

/** A worker's first message: who it is, so that a rank of another build is refused by name. */
export interface Hello {
  readonly kind: 'hello';
  readonly protocol: number;
  readonly build: string;
  readonly host: string;
  readonly pid: number;
  readonly node: string;
}

/** The worker has its kernel and can compute. */
export interface Ready {
  readonly kind: 'ready';
  /** `name version form hash`; must equal the coordinator's. */
  readonly kernel: string;
}

/** The worker cannot follow: its kernel does not load, say. */
export interface Unable {
  readonly kind: 'unable';
  readonly reason: string;
}

/** Result blocks (codec/block), back to back. `bytes` is a view that is valid until the handler returns. */
export interface Results {
  readonly kind: 'results';
  readonly bytes: Uint8Array;
}

/** A line for the run's log. */
export interface Log {
  readonly kind: 'log';
  readonly text: string;
}

/** How the worker is, every few seconds while it can speak. */
export interface Vitals {
  readonly kind: 'vitals';
  /** Resident memory of its process. */
  readonly memoryBytes: number;
}

/** The worker's last message: it has sent all it will. */
export interface Bye {
  readonly kind: 'bye';
}

/** The study and its shared data; the same bytes for every worker, so that they can be broadcast. */
export interface Welcome {
  readonly kind: 'welcome';
  readonly study: Study;
  readonly shared: unknown;
  readonly form: KernelForm;
  readonly kernel: string;
  /** When results leave the worker: all that waits in one message, or one block a message. */
  readonly batching: Batching;
}

export type Batching = 'adaptive' | 'single';

/** Ranges of cases to compute, in order: `first`, `count`, `attempt` of each. */
export interface Assign {
  readonly kind: 'assign';
  readonly ranges: readonly Assignment[];
}

export interface Assignment {
  readonly first: number;
  readonly count: number;
  readonly attempt: number;
}

/** This worker takes no part; it says why and ends. */
export interface Refuse {
  readonly kind: 'refuse';
  readonly reason: string;
}

/** No more work. What the worker has not begun is dropped; it answers `bye`. */
export interface Stop {
  readonly kind: 'stop';
}

export type WorkerMessage = Hello | Ready | Unable | Results | Log | Vitals | Bye;
export type CoordinatorMessage = Welcome | Assign | Refuse | Stop;
export type Message = WorkerMessage | CoordinatorMessage;
