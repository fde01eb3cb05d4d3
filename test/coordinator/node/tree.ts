/**
 * A root, node coordinators, and their workers, simulated: every message crosses as bytes of the real wire format and
 * waits until the test moves it.
 */
import { decodeBlock, readBlockHeader } from '../../../src/codec/block.js';
import type { Comm } from '../../../src/coordinator/comm.js';
import type { UpComm } from '../../../src/coordinator/node/comm.js';
import * as nodeReactor from '../../../src/coordinator/node/reactor.js';
import { createNode, type NodeState } from '../../../src/coordinator/node/state.js';
import * as reactor from '../../../src/coordinator/reactor.js';
import { type CoordinatorState, createState, defaultOptions } from '../../../src/coordinator/state.js';
import * as teamEvents from '../../../src/coordinator/team-events.js';
import type { Assignment, Message, SharedRange } from '../../../src/messages/message.js';
import { decodeMessage, encodeMessage } from '../../../src/messages/wire.js';
import { createScheduler } from '../../../src/schedule/scheduler.js';
import type { Chunk } from '../../../src/schedule/work-queue.js';
import type { Strategy } from '../../../src/study/study.js';
import { Hand, type Sent, specs } from './hand.js';

export interface TreeOptions {
  readonly ranges: readonly Chunk[];
  /** Workers of each node coordinator. */
  readonly crews: readonly number[];
  /** Workers of the root itself. */
  readonly own: number;
  readonly strategy: Strategy;
  readonly chunk: number | 'auto';
  readonly blockMs: number;
  /** What a bundle can hold. */
  readonly bundleBytes: number;
  readonly deadly?: ReadonlySet<number>;
}

export interface Node {
  readonly worker: number;
  readonly state: NodeState;
  readonly inbox: Uint8Array[];
  readonly outbox: Sent[];
  isReady: boolean;
  hasSaidBye: boolean;
  isDead: boolean;
  wakeMs: number;
}

export interface Row {
  readonly worker: number;
  readonly value: number;
  readonly failure: string | undefined;
}

export class Tree {
  readonly state: CoordinatorState;
  readonly nodes: Node[] = [];
  readonly hands: Hand[] = [];
  readonly rows = new Map<number, Row[]>();
  /** Messages of each kind that were sent. */
  readonly sent = new Map<string, number>();
  nowMs = 0;
  readonly #options: TreeOptions;
  readonly #gathered = new Map<number, (Assignment | SharedRange)[]>();
  #position = 0;
  #next: number;

  constructor(options: TreeOptions) {
    this.#options = options;
    // The root's own workers first, then each node coordinator under the number of its first worker.
    let next = options.own;
    const teams = new Map<number, number[]>();
    for (const size of options.crews) {
      teams.set(
        next,
        Array.from({ length: size }, (_, i) => next + i),
      );
      next += size;
    }
    this.#next = next;
    const own = Array.from({ length: options.own }, (_, i) => i);
    const scheduler = createScheduler({
      ...{ strategy: options.strategy, ranges: options.ranges, chunk: options.chunk, mostCases: 1 << 24 },
      workers: [...own, ...[...teams.values()].flat()],
    });
    this.state = createState(scheduler, [...own, ...teams.keys()], defaultOptions, teams);
    for (const worker of own) this.hands.push(new Hand(worker, undefined));
    for (const [worker, members] of teams) {
      const place = this.nodes.length;
      for (const member of members) this.hands.push(new Hand(member, place));
      this.nodes.push(this.#newNode(worker, place, members));
    }
  }

  get isOver(): boolean {
    return reactor.isComplete(this.state);
  }

  compute(hand: Hand, most: number): void {
    hand.compute(most, this.#options.blockMs, this.#options.deadly);
  }

  /** The node coordinator and all behind it are gone; what it has sent arrives yet. */
  killNode(node: Node): void {
    if (node.isDead || node.hasSaidBye) return;
    node.isDead = true;
    node.outbox.push('dead');
    for (const hand of this.hands) {
      if (hand.node !== undefined && this.nodes[hand.node] === node) {
        hand.state = 'dead';
        hand.outbox.length = 0;
      }
    }
  }

  /** Whoever this worker speaks to handles one message of it. */
  deliver(hand: Hand): void {
    const sent = hand.outbox.shift();
    if (sent === undefined) return;
    if (hand.node === undefined) this.#toRoot(hand.worker, sent);
    else this.#toNode(this.nodes[hand.node]!, hand, sent);
  }

  /** The root handles one message of a node coordinator. */
  deliverNode(node: Node): void {
    const sent = node.outbox.shift();
    if (sent !== undefined) this.#toRoot(node.worker, sent);
  }

  /** The node coordinator reads one message of the root. */
  readNode(node: Node): void {
    if (node.isDead) return;
    const bytes = node.inbox.shift();
    if (!bytes) return;
    const message = decodeMessage(bytes);
    if (message.kind === 'share') nodeReactor.onShare(node.state, message.ranges);
    else if (message.kind === 'revoke') nodeReactor.onRevoke(node.state);
    else if (message.kind === 'stop') nodeReactor.onStop(node.state);
    else throw new Error(`a node coordinator was told ${message.kind}`);
  }

  drainedNode(node: Node): void {
    if (node.isDead || node.hasSaidBye) return;
    nodeReactor.onDrained(node.state);
    if (!node.state.crew.isStopping || !nodeReactor.isOver(node.state)) return;
    node.hasSaidBye = true;
    this.#count('bye');
    node.outbox.push(encodeMessage({ kind: 'bye' }));
  }

  drained(): void {
    reactor.onDrained(this.state, this.#comm);
    reactor.onDurable(this.state, this.#comm, this.#position);
  }

  stop(): void {
    reactor.onStop(this.state, this.#comm);
  }

  advance(ms: number): void {
    this.nowMs += ms;
    for (const node of this.nodes) {
      if (node.wakeMs > this.nowMs || node.isDead) continue;
      node.wakeMs = Number.POSITIVE_INFINITY;
      nodeReactor.onTime(node.state);
    }
  }

  /** Everything goes its way until nothing moves any more. */
  settle(): void {
    for (let before = ''; before !== this.#picture(); ) {
      before = this.#picture();
      for (const hand of [...this.hands]) {
        hand.becomeReady();
        while (hand.inbox.length > 0 && hand.state === 'ready') hand.read();
        this.compute(hand, 7);
        hand.send();
        while (hand.outbox.length > 0) this.deliver(hand);
      }
      for (const node of this.nodes) {
        while (node.inbox.length > 0 && !node.isDead) this.readNode(node);
        this.drainedNode(node);
        while (node.outbox.length > 0) this.deliverNode(node);
      }
      this.drained();
      this.advance(10);
    }
  }

  leftovers(): string[] {
    const left = [...this.#gathered].map(([worker]) => `ranges for ${worker} were never flushed`);
    for (const { worker, isDead, hasSaidBye, inbox, outbox, state } of this.nodes) {
      if (outbox.length > 0) left.push(`${outbox.length} messages of node coordinator ${worker} wait`);
      if (isDead || hasSaidBye) continue;
      if (inbox.length > 0) left.push(`${inbox.length} messages for node coordinator ${worker} wait`);
      if (state.feed.remaining > 0) left.push(`node coordinator ${worker} holds work`);
      if (!state.gathering.isEmpty) left.push(`node coordinator ${worker} keeps results`);
      if (state.isAsked) left.push(`node coordinator ${worker} owes an answer`);
    }
    for (const { worker, state, inbox, outbox, ranges, blocks } of this.hands) {
      if (outbox.length > 0) left.push(`${outbox.length} messages of ${worker} wait`);
      if (state === 'dead' || state === 'stopped') continue;
      if (inbox.length > 0) left.push(`${inbox.length} messages for ${worker} wait`);
      if (ranges.length > 0 || blocks.length > 0) left.push(`${worker} holds work`);
    }
    return left;
  }

  #toRoot(worker: number, sent: Sent): void {
    const { state } = this;
    if (sent === 'dead') {
      reactor.onLost(state, this.#comm, worker, { how: 'died' });
      // Something must be left that computes; a lost node coordinator has no successor.
      if (!state.isStopping && !this.nodes.some((node) => node.worker === worker)) {
        const successor = this.#next++;
        reactor.onJoined(state, successor);
        this.hands.push(new Hand(successor, undefined));
      }
      return;
    }
    const message = decodeMessage(sent);
    if (message.kind === 'ready') reactor.onReady(state, this.#comm, worker);
    else if (message.kind === 'results') reactor.onResults(state, this.#comm, worker, message.bytes);
    else if (message.kind === 'bundle') {
      teamEvents.onBundle(state, this.#comm, worker, message.blocks, message.digest);
    } else if (message.kind === 'team') teamEvents.onTeam(state, this.#comm, worker, message.ready);
    else if (message.kind === 'given-up') teamEvents.onGivenUp(state, this.#comm, worker, message);
    else if (message.kind === 'lost') {
      teamEvents.onMemberLost(state, worker, message.worker, message.successor);
    } else if (message.kind === 'released') {
      reactor.onReleased(state, this.#comm, worker, message.ranges, message.credit);
    } else if (message.kind === 'bye') reactor.onBye(state, this.#comm, worker);
    else throw new Error(`the root was told ${message.kind}`);
    // The transport uses this memory again.
    sent.fill(0xff);
  }

  #toNode(node: Node, hand: Hand, sent: Sent): void {
    if (node.isDead) return;
    const { state } = node;
    if (sent === 'dead') {
      nodeReactor.onMemberLost(state, hand.worker, { how: 'died' });
      const isLast = state.crew.isStopping;
      const successor = isLast ? undefined : this.#next++;
      this.#sayRoot(node, {
        ...{ kind: 'lost', worker: hand.worker, how: 'died' },
        ...(successor !== undefined && { successor }),
      });
      if (successor === undefined) return;
      nodeReactor.onMemberJoined(state, successor);
      this.hands.push(new Hand(successor, hand.node));
      return;
    }
    const message = decodeMessage(sent);
    if (message.kind === 'ready') {
      nodeReactor.onMemberReady(state, hand.worker);
      if (!node.isReady) this.#sayRoot(node, { kind: 'ready', kernel: 'k' });
      node.isReady = true;
    } else if (message.kind === 'results') nodeReactor.onMemberResults(state, hand.worker, message.bytes);
    else if (message.kind === 'released') nodeReactor.onMemberReleased(state, hand.worker, message.ranges);
    else if (message.kind === 'bye') nodeReactor.onMemberBye(state, hand.worker);
    else throw new Error(`a node coordinator was told ${message.kind}`);
    sent.fill(0xff);
  }

  #newNode(worker: number, place: number, members: readonly number[]): Node {
    let bundle: Uint8Array[] = [];
    let bytes = 0;
    const up: UpComm = {
      gather: (blocks) => {
        if (bytes + blocks.byteLength > this.#options.bundleBytes) return false;
        bundle.push(blocks.slice());
        bytes += blocks.byteLength;
        return true;
      },
      sendBundle: (digest) => {
        const blocks = new Uint8Array(Buffer.concat(bundle));
        bundle = [];
        bytes = 0;
        this.#sayRoot(node, { kind: 'bundle', blocks, digest });
      },
      sendAlone: (blocks, digest) => this.#sayRoot(node, { kind: 'bundle', blocks, digest }),
      sendReleased: (ranges, credit) => this.#sayRoot(node, { kind: 'released', ranges, credit }),
      sendTeam: (ready) => this.#sayRoot(node, { kind: 'team', ready }),
      sendGivenUp: (given) => this.#sayRoot(node, { kind: 'given-up', ...given }),
      nowMs: () => this.nowMs,
      wakeAt: (atMs) => {
        node.wakeMs = Math.min(node.wakeMs, atMs);
      },
    };
    const crewComm = {
      grant: () => {},
      assign: (to: number, first: number, count: number, attempt: number) =>
        this.#gather(to + crewOffset, { first, count, attempt }),
      flush: (to: number) => this.#flush(to + crewOffset, (message) => this.#tell(place, to, message)),
      renew: (to: number, memoryBytes: number) => this.#tell(place, to, { kind: 'renew', memoryBytes }),
      revoke: (to: number) => this.#tell(place, to, { kind: 'revoke' }),
      stopWorker: (to: number) => this.#tell(place, to, { kind: 'stop' }),
    };
    const { crashLimit, depthLimit } = defaultOptions;
    const rules = { crashLimit, depthLimit, takesBack: this.state.scheduler.takesBack };
    const node: Node = {
      worker,
      state: createNode(members, rules, crewComm, up),
      ...{ inbox: [], outbox: [], isReady: false, hasSaidBye: false, isDead: false },
      wakeMs: Number.POSITIVE_INFINITY,
    };
    return node;
  }

  readonly #comm: Comm = {
    grant: () => {},
    assign: (worker, first, count, attempt) => this.#gather(worker, { first, count, attempt }),
    share: (worker, first, count, attempt, piece) => this.#gather(worker, { first, count, attempt, piece }),
    flush: (worker) => this.#flush(worker, (message) => this.#tellFromRoot(worker, message)),
    renew: (worker, memoryBytes) => this.#tellFromRoot(worker, { kind: 'renew', memoryBytes }),
    revoke: (worker) => this.#tellFromRoot(worker, { kind: 'revoke' }),
    stopWorker: (worker) => this.#tellFromRoot(worker, { kind: 'stop' }),
    persistRetries: () => {
      throw new Error('nothing is tried again here');
    },
    persistCrash: () => {},
    hasten: () => {},
    persist: (blocks) => {
      const copy = blocks.slice();
      const view = new DataView(copy.buffer);
      for (let at = 0; at < copy.byteLength; at += 40 + readBlockHeader(view, at).bodyBytes) {
        const { first, count, worker, columns, failures } = decodeBlock(specs, copy, at);
        for (let i = 0; i < count; i++) {
          const value = (columns.value as Float64Array)[i]!;
          const failure = failures.find(({ offset }) => offset === i)?.type;
          this.#addRow(first + i, { worker, value, failure });
        }
      }
      this.#position += copy.byteLength;
      return this.#position;
    },
    persistFailure: (first, _attempt, { type }) => {
      this.#addRow(first, { worker: -1, value: Number.NaN, failure: type });
      this.#position += 64;
      return this.#position;
    },
    backlogBytes: () => 0,
    nowMs: () => this.nowMs,
    wakeAt: () => {},
  };

  #gather(key: number, range: Assignment | SharedRange): void {
    const ranges = this.#gathered.get(key) ?? [];
    ranges.push(range);
    this.#gathered.set(key, ranges);
  }

  #flush(key: number, tell: (message: Message) => void): void {
    const ranges = this.#gathered.get(key);
    if (!ranges) throw new Error(`nothing to flush for ${key}`);
    this.#gathered.delete(key);
    const isShare = 'piece' in ranges[0]!;
    tell(isShare ? { kind: 'share', ranges: ranges as SharedRange[] } : { kind: 'assign', ranges });
  }

  #tellFromRoot(worker: number, message: Message): void {
    this.#count(message.kind);
    const node = this.nodes.find((each) => each.worker === worker);
    if (node) node.inbox.push(encodeMessage(message));
    else this.#tell(undefined, worker, message);
  }

  #tell(node: number | undefined, worker: number, message: Message): void {
    const hand = this.hands.find((each) => each.worker === worker && each.node === node);
    hand!.inbox.push(encodeMessage(message));
  }

  #sayRoot(node: Node, message: Message): void {
    this.#count(message.kind);
    node.outbox.push(encodeMessage(message));
  }

  #count(kind: string): void {
    this.sent.set(kind, (this.sent.get(kind) ?? 0) + 1);
  }

  #addRow(index: number, row: Row): void {
    const rows = this.rows.get(index) ?? [];
    rows.push(row);
    this.rows.set(index, rows);
  }

  #picture(): string {
    const hands = this.hands.map(
      ({ state, inbox, outbox, blocks, ranges }) =>
        `${state} ${inbox.length} ${outbox.length} ${blocks.length} ${JSON.stringify(ranges)}`,
    );
    const nodes = this.nodes.map(
      ({ inbox, outbox, state }) =>
        `${inbox.length} ${outbox.length} ${state.feed.remaining} ${state.gathering.isEmpty} ${state.isAsked}`,
    );
    return [this.rows.size, this.state.inFlight, ...hands, ...nodes].join('; ');
  }
}

/** Apart from the root's own assignments in the list of what is gathered. */
const crewOffset = 1_000_000;
