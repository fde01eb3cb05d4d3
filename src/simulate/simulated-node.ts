/** A node coordinator in simulated time: the real reactor between its workers and the root. */
import { blockHeaderBytes } from '../codec/block.js';
import type { UpComm } from '../coordinator/node/comm.js';
import * as nodeReactor from '../coordinator/node/reactor.js';
import { createNode, type NodeState } from '../coordinator/node/state.js';
import type { NodeMessage, NodeRules, Released, SharedRange } from '../messages/message.js';
import { alarm } from './alarm.js';
import type { EventQueue } from './event-queue.js';
import type { CoordinatorCosts } from './machine.js';
import type { Range } from './simulated-worker.js';
import { Thread } from './thread.js';

/** What a node coordinator's workers and its root send it. */
export type NodeArrival =
  | { readonly kind: 'ready'; readonly worker: number }
  | { readonly kind: 'results'; readonly worker: number; readonly blocks: Uint8Array }
  | { readonly kind: 'released'; readonly worker: number; readonly ranges: readonly Range[] }
  | { readonly kind: 'lost'; readonly worker: number }
  | { readonly kind: 'share'; readonly ranges: readonly SharedRange[] }
  | { readonly kind: 'revoke' }
  | { readonly kind: 'time' };

export interface NodeWorld {
  readonly time: EventQueue;
  readonly costs: CoordinatorCosts;
  sendWorker(worker: number, ranges: readonly Range[], atMs: number): void;
  revokeWorker(worker: number, atMs: number): void;
  sendRoot(message: NodeMessage | Released | { readonly kind: 'ready' }, atMs: number): void;
  replace(worker: number, atMs: number): number | undefined;
}

/** As of the transports' buffers. */
const bundleBytes = 256 * 1024;

export class SimulatedNode {
  readonly #world: NodeWorld;
  readonly #thread: Thread<NodeArrival>;
  readonly #node: NodeState;
  readonly #gathered = new Map<number, Range[]>();
  #bundle: Uint8Array[] = [];
  #bundleBytes = 0;
  #hasSaidReady = false;

  constructor(workers: readonly number[], rules: NodeRules, world: NodeWorld) {
    this.#world = world;
    this.#thread = new Thread(
      world.time,
      (arrival) => this.#handle(arrival),
      () => nodeReactor.onDrained(this.#node),
    );
    this.#node = createNode(workers, rules, this.#crewComm(), this.#upComm());
  }

  arrive(arrival: NodeArrival): void {
    this.#thread.arrive(arrival);
  }

  #handle(arrival: NodeArrival): void {
    const { costs } = this.#world;
    const node = this.#node;
    if (arrival.kind !== 'time') this.#thread.clockMs += costs.messageMs;
    switch (arrival.kind) {
      case 'ready':
        nodeReactor.onMemberReady(node, arrival.worker);
        if (!this.#hasSaidReady) this.#world.sendRoot({ kind: 'ready' }, this.#thread.clockMs);
        this.#hasSaidReady = true;
        break;
      case 'results':
        this.#thread.clockMs += (arrival.blocks.byteLength / blockHeaderBytes) * costs.blockMs;
        nodeReactor.onMemberResults(node, arrival.worker, arrival.blocks);
        break;
      case 'released':
        nodeReactor.onMemberReleased(node, arrival.worker, arrival.ranges);
        break;
      case 'lost':
        this.#lose(arrival.worker);
        break;
      case 'share':
        nodeReactor.onShare(node, arrival.ranges);
        break;
      case 'revoke':
        nodeReactor.onRevoke(node);
        break;
      case 'time':
        nodeReactor.onTime(node);
        break;
      default:
        arrival satisfies never;
    }
  }

  #lose(worker: number): void {
    nodeReactor.onMemberLost(this.#node, worker, { how: 'died' });
    const successor = this.#world.replace(worker, this.#thread.clockMs);
    if (successor !== undefined) nodeReactor.onMemberJoined(this.#node, successor);
    this.#say({ kind: 'lost', worker, how: 'died', ...(successor !== undefined && { successor }) });
  }

  #crewComm(): Parameters<typeof createNode>[2] {
    return {
      grant: () => {},
      assign: (worker, first, count, attempt) => {
        const ranges = this.#gathered.get(worker) ?? [];
        ranges.push({ first, count, attempt });
        this.#thread.clockMs += this.#world.costs.rangeMs;
        this.#gathered.set(worker, ranges);
      },
      flush: (worker) => {
        const ranges = this.#gathered.get(worker);
        if (!ranges) return;
        this.#gathered.delete(worker);
        this.#world.sendWorker(worker, ranges, this.#thread.clockMs);
      },
      renew: () => {
        throw new Error('no process is simulated that could run out of memory');
      },
      revoke: (worker) => {
        this.#thread.clockMs += this.#world.costs.messageMs;
        this.#world.revokeWorker(worker, this.#thread.clockMs);
      },
      stopWorker: () => {},
    };
  }

  #upComm(): UpComm {
    return {
      gather: (blocks) => {
        if (this.#bundleBytes + blocks.byteLength > bundleBytes) return false;
        this.#bundle.push(blocks);
        this.#bundleBytes += blocks.byteLength;
        return true;
      },
      sendBundle: (digest) => {
        const blocks = new Uint8Array(this.#bundleBytes);
        let at = 0;
        for (const part of this.#bundle) {
          blocks.set(part, at);
          at += part.byteLength;
        }
        this.#bundle = [];
        this.#bundleBytes = 0;
        this.#say({ kind: 'bundle', blocks, digest });
      },
      sendAlone: (blocks, digest) => this.#say({ kind: 'bundle', blocks, digest }),
      sendReleased: (ranges, credit) => this.#say({ kind: 'released', ranges, credit }),
      sendTeam: (ready) => this.#say({ kind: 'team', ready }),
      sendGivenUp: (given) => this.#say({ kind: 'given-up', ...given }),
      nowMs: () => this.#thread.clockMs,
      wakeAt: alarm(this.#world.time, () => this.arrive({ kind: 'time' })),
    };
  }

  #say(message: NodeMessage | Released): void {
    this.#thread.clockMs += this.#world.costs.messageMs;
    this.#world.sendRoot(message, this.#thread.clockMs);
  }
}
