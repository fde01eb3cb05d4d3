/** Binds a node coordinator's reactor to its two sides: the root, and its own workers. */
import { passOn } from '../coordinator/node/gathering.js';
import * as nodeReactor from '../coordinator/node/reactor.js';
import { createNode, type NodeState } from '../coordinator/node/state.js';
import * as crewReactor from '../coordinator/reactor.js';
import type { Loss } from '../messages/loss.js';
import type {
  CoordinatorMessage,
  Hello,
  Member,
  NodeMessage,
  Share,
  Welcome,
  WorkerMessage,
} from '../messages/message.js';
import { blocksOf, decodeMessage, encodeMessage } from '../messages/wire.js';
import type { WorkEnd } from '../worker/work.js';
import { homeOf } from './host-holdings.js';
import { BundleBuffer } from './links/bundle-buffer.js';
import { createCrewComm } from './links/crew-comm.js';
import type { CoordinatorLinks, WorkerLink } from './links/transport.js';
import { WakeTimer } from './links/wake-timer.js';

export interface NodeRequest {
  /** To the root. */
  readonly up: WorkerLink;
  /** To its workers. */
  readonly links: CoordinatorLinks;
  readonly hello: Omit<Hello, 'kind' | 'members'>;
}

/** A node coordinator's life, which ends when every worker of its own has said bye, or it is refused. */
export function coordinateNode(request: NodeRequest): Promise<WorkEnd> {
  return new NodeCoordinator(request).run();
}

class NodeCoordinator {
  readonly #request: NodeRequest;
  readonly #timer = new WakeTimer(() => this.#guard(() => this.#node && nodeReactor.onTime(this.#node)));
  readonly #bundle: BundleBuffer;
  /** Workers that have not said hello. The root hears of this one when all have. */
  readonly #awaited: Set<number>;
  readonly #members = new Map<number, Member>();
  readonly #gone = new Set<number>();
  #hasSaidHello = false;
  #hasSaidReady = false;
  /** From its coming on; workers get it when all have said hello. */
  #welcome: { readonly bytes: Uint8Array; readonly message: Welcome } | undefined;
  /** From then on. */
  #node: NodeState | undefined;
  #isSentHome = false;
  #end: WorkEnd | undefined;
  #failure: Error | undefined;

  constructor(request: NodeRequest) {
    this.#request = request;
    this.#bundle = new BundleBuffer(request.up);
    this.#awaited = new Set(request.links.workers);
  }

  async run(): Promise<WorkEnd> {
    const { up, links } = this.#request;
    up.handler = (bytes) => this.#guard(() => this.#onRootMessage(bytes));
    links.start({
      onMessage: (worker, bytes) => this.#guard(() => this.#onMessage(worker, bytes)),
      onDrained: () => this.#guard(() => this.#node && nodeReactor.onDrained(this.#node)),
      onLost: (worker, loss) => this.#guard(() => this.#onLost(worker, loss)),
      onError: (error) => {
        this.#failure = error;
      },
    });
    while (!this.#isOver()) {
      if (up.poll()) this.#guard(() => this.#node && nodeReactor.onDrained(this.#node));
      else await up.wait();
    }
    this.#timer.close();
    if (this.#failure) throw this.#failure;
    if (!this.#end) this.#say({ kind: 'bye' });
    return this.#end ?? { kind: 'stopped' };
  }

  #isOver(): boolean {
    if (this.#failure || this.#end) return true;
    if (this.#node) return this.#node.crew.isStopping && nodeReactor.isOver(this.#node);
    return this.#isSentHome && [...this.#members.keys()].every((worker) => this.#gone.has(worker));
  }

  #onRootMessage(bytes: Uint8Array): void {
    const message = decodeMessage(bytes) as CoordinatorMessage | Share;
    switch (message.kind) {
      case 'welcome':
        this.#welcome = { bytes: bytes.slice(), message };
        this.#beginWhenAllAreThere();
        break;
      case 'grant':
        for (const grant of message.grants) this.#begun().grants.set(grant.case, grant);
        break;
      case 'share':
        nodeReactor.onShare(this.#begun(), message.ranges);
        break;
      case 'revoke':
        nodeReactor.onRevoke(this.#begun());
        break;
      case 'stop':
        if (this.#node) nodeReactor.onStop(this.#node);
        else this.#sendHome(bytes.slice());
        break;
      case 'refuse':
        this.#sendHome(bytes.slice());
        this.#end = { kind: 'refused', reason: message.reason };
        break;
      case 'assign':
      case 'renew':
      case 'leave':
        throw new Error(`a node coordinator was sent ${message.kind}, which is for workers`);
      default:
        message satisfies never;
    }
  }

  /** The broadcast reaches a worker that takes the place of a lost one as well: it must not come before its hello. */
  #beginWhenAllAreThere(): void {
    if (this.#welcome && !this.#node && !this.#isSentHome && this.#awaited.size === 0)
      this.#begin(this.#welcome);
  }

  #begin({ bytes, message: { rules, batching } }: { bytes: Uint8Array; message: Welcome }): void {
    const { links } = this.#request;
    if (!rules) throw new Error('the root does not know that this rank is a node coordinator');
    this.#node = createNode([...this.#members.keys()], rules, createCrewComm(links, batching), {
      gather: (blocks) => this.#bundle.add(blocks),
      sendBundle: (digest) => this.#bundle.send(digest),
      sendAlone: (blocks, digest) => this.#say({ kind: 'bundle', blocks, digest }),
      sendReleased: (ranges, credit) => this.#say({ kind: 'released', ranges, credit }),
      sendTeam: (ready) => this.#say({ kind: 'team', ready }),
      sendGivenUp: (given) => this.#say({ kind: 'given-up', ...given }),
      nowMs: () => this.#timer.nowMs(),
      wakeAt: (atMs) => this.#timer.wakeAt(atMs),
    });
    for (const member of this.#members.values()) this.#place(member);
    this.#broadcast(bytes);
  }

  #place({ worker, host, holdings }: Member): void {
    if (this.#node) crewReactor.onPlaced(this.#node.crew, worker, homeOf(host, holdings));
  }

  /** Workers that have begun hear it one by one; for the others it comes in the place of the welcome. */
  #sendHome(message: Uint8Array): void {
    this.#isSentHome = true;
    const { links } = this.#request;
    if (this.#node) for (const worker of this.#members.keys()) links.send(worker, message);
    else this.#broadcast(message);
  }

  #broadcast(message: Uint8Array): void {
    this.#request.links.broadcast(message).catch((error) => {
      this.#failure = error as Error;
    });
  }

  #onMessage(worker: number, bytes: Uint8Array): void {
    const blocks = blocksOf(bytes);
    if (blocks) {
      nodeReactor.onMemberResults(this.#begun(), worker, blocks);
      return;
    }
    const message = decodeMessage(bytes) as WorkerMessage;
    switch (message.kind) {
      case 'results':
        break;
      case 'hello':
        this.#onHello(worker, message);
        break;
      case 'ready':
        nodeReactor.onMemberReady(this.#begun(), worker);
        if (!this.#hasSaidReady) this.#say(message);
        this.#hasSaidReady = true;
        break;
      case 'unable':
      case 'log':
      case 'vitals':
        this.#say({ ...message, worker });
        break;
      case 'released':
        nodeReactor.onMemberReleased(this.#begun(), worker, message.ranges);
        break;
      case 'bye':
        this.#gone.add(worker);
        if (this.#node) nodeReactor.onMemberBye(this.#node, worker);
        break;
      default:
        message satisfies never;
    }
  }

  #onHello(worker: number, { kind: _, ...hello }: Hello): void {
    const member = { ...hello, worker };
    this.#members.set(worker, member);
    this.#awaited.delete(worker);
    this.#place(member);
    if (this.#hasSaidHello) this.#say({ kind: 'joined', member });
    if (this.#node) this.#request.links.send(worker, (this.#welcome as { bytes: Uint8Array }).bytes);
    this.#goOn();
  }

  #onLost(worker: number, { how, ...loss }: Loss): void {
    if (this.#gone.has(worker)) return;
    this.#gone.add(worker);
    this.#awaited.delete(worker);
    this.#members.delete(worker);
    const node = this.#node;
    const isStopping = this.#isSentHome || (node?.crew.isStopping ?? false);
    const successor = isStopping ? undefined : this.#request.links.replace(worker);
    if (node) nodeReactor.onMemberLost(node, worker, { how, ...loss });
    if (successor !== undefined) {
      this.#gone.delete(successor);
      if (node) nodeReactor.onMemberJoined(node, successor);
      else this.#awaited.add(successor);
    }
    if (this.#hasSaidHello) {
      this.#say({ kind: 'lost', worker, how, ...(successor !== undefined && { successor }) });
    }
    this.#goOn();
  }

  /** Once all workers are there, the root hears so, and once it has answered, they begin. */
  #goOn(): void {
    if (this.#awaited.size > 0) return;
    if (!this.#hasSaidHello) {
      this.#hasSaidHello = true;
      const members = [...this.#members.values()];
      this.#say({ kind: 'hello', ...this.#request.hello, members });
    }
    this.#beginWhenAllAreThere();
  }

  #begun(): NodeState {
    if (!this.#node) throw new Error('a message came before the welcome');
    return this.#node;
  }

  /** What is gathered lies where the link may put the message, so that it goes first. */
  #say(message: WorkerMessage | NodeMessage): void {
    if (this.#node) passOn(this.#node);
    this.#request.up.send(encodeMessage(message));
  }

  #guard(action: () => void): void {
    if (this.#failure) return;
    try {
      action();
    } catch (error) {
      this.#failure = error as Error;
    }
  }
}
