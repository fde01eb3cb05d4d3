/** A worker's life: hello, welcome, kernel, then pieces until it is told to stop. */
import { CancelSource } from '../kernels/cancel.js';
import type { ReadyKernel } from '../kernels/kernel.js';
import { Slot } from '../kernels/slot.js';
import type { CoordinatorMessage, Hello, Vitals, Welcome } from '../messages/message.js';
import { decodeMessage, eachAssignment, encodeMessage, isAssign } from '../messages/wire.js';
import { BeaconWriter } from '../process/beacon/writer.js';
import { createCaseSpace } from '../study/case-space.js';
import { type Executor, execute, timeOrigin } from './execute.js';
import { type Adapt, Grants } from './grants.js';
import { Outbox, type OutboxLink } from './outbox.js';
import { type Piece, Pieces } from './pieces.js';

export interface WorkLink extends OutboxLink {
  poll(): boolean;
  wait(): Promise<void>;
  settle(): Promise<void>;
  handler: (bytes: Uint8Array) => void;
}

export interface WorkRequest {
  readonly link: WorkLink;
  readonly place: WorkPlace;
  readonly hello: Omit<Hello, 'kind'>;
  /** Makes the kernel that the welcome names. Throws when this rank cannot. */
  loadKernel(welcome: Welcome): Promise<{ kernel: ReadyKernel; identity: string }>;
}

/** What a worker's process has been given. */
export interface WorkPlace {
  readonly worker: number;
  /** Threads that its kernel may use. */
  readonly threads: number;
  /** Where it says what it computes; nobody looks when absent. */
  readonly beacon?: BeaconWriter;
  /** Names of all GPUs of the host, where its starter has looked. */
  readonly gpus?: readonly string[];
  /** Memory of the host, where its starter has looked. */
  readonly memoryBytes?: number;
  /** The system has ended something that it started, for want of memory; where its supervisor can tell. */
  isStarved?(): boolean;
  /** Where the process is the worker's alone. */
  readonly adapt?: Adapt;
  /** A folder for scratch, which need not exist yet; called when a kernel first asks for it. */
  scratchRoot(): string;
}

/** How the worker's life ended: `refused` carries the coordinator's reason. */
export type WorkEnd = { readonly kind: 'stopped' } | { readonly kind: 'refused'; readonly reason: string };

/** Results wait at most this long for company, so that the coordinator's picture stays fresh. */
const flushMs = 12;

/** After a piece that took this long the next may too: what was sent must not wait for its end. */
const settleMs = 20;

/** An asynchronous kernel hears of a stop within this time. */
const attentionMs = 20;

/** Those who watch the run see how the worker is; rarely enough that thousands of workers may speak. */
const vitalsMs = 5_000;

/** The event loop gets a turn at least this often: pipes are read there, and timers fire. */
const turnMs = 2;

/** A turn costs as much as a part of starting a command: less often while what waits lasts longer than this. */
const plentyMs = 8;

export async function work(request: WorkRequest): Promise<WorkEnd> {
  const { link } = request;
  const inbox: CoordinatorMessage[] = [];
  link.handler = (bytes) => {
    inbox.push(decodeMessage(bytes) as CoordinatorMessage);
  };
  link.send(encodeMessage({ kind: 'hello', ...request.hello }));
  const welcome = await nextMessage(link, inbox);
  if (welcome.kind === 'refuse') return { kind: 'refused', reason: welcome.reason };
  if (welcome.kind === 'stop' || welcome.kind === 'leave') return sayBye(link);
  if (welcome.kind !== 'welcome') throw new Error(`expected a welcome, got ${welcome.kind}`);

  const loaded = await loadOrExplain(request, welcome);
  if (typeof loaded === 'string') {
    link.send(encodeMessage({ kind: 'unable', reason: loaded }));
    const answer = await nextMessage(link, inbox);
    return { kind: 'refused', reason: answer.kind === 'refuse' ? answer.reason : loaded };
  }
  const { beacon = new BeaconWriter(), adapt, ...place } = request.place;
  const stop = new CancelSource(() => beacon.isCancelled);
  const outbox = new Outbox(link, loaded.kernel.outputs);
  const log = (text: string): void => outbox.send({ kind: 'log', text });
  const executor: Executor = {
    kernel: loaded.kernel,
    space: createCaseSpace(welcome.study.cases),
    slot: new Slot({ ...place, cancel: stop, beacon: beacon.slot(0), log }),
    isRefusingNaN: welcome.study.execution.nan === 'refuse',
  };
  link.send(encodeMessage({ kind: 'ready', kernel: loaded.identity }));
  const grants = new Grants(place.threads, welcome.study.execution, adapt);
  const isSingle = welcome.batching === 'single';
  const end = await compute(request, executor, { outbox, inbox, stop, grants, isSingle });
  loaded.kernel.close?.();
  return end;
}

/** What a worker works with, besides what it computes. */
interface Desk {
  readonly outbox: Outbox;
  readonly inbox: readonly CoordinatorMessage[];
  readonly stop: CancelSource;
  readonly grants: Grants;
  readonly isSingle: boolean;
}

async function compute(
  { link }: WorkRequest,
  executor: Executor,
  { outbox, inbox, stop, grants, isSingle }: Desk,
): Promise<WorkEnd> {
  const { outputs, mostCases = Number.POSITIVE_INFINITY, mostCasesOf = () => mostCases } = executor.kernel;
  const pieces = new Pieces(outputs, link.outgoing.byteLength, !isSingle, mostCasesOf);
  let isComputing = false;
  let refusal: string | undefined;
  let isStopped = false;
  const handle = (message: CoordinatorMessage): void => {
    switch (message.kind) {
      case 'grant':
        grants.add(message.grants);
        break;
      case 'assign':
        for (const { first, count, attempt } of message.ranges) pieces.add(first, count, attempt);
        break;
      case 'renew':
        // For who supervises this process, if anybody does.
        break;
      case 'revoke':
        outbox.send({ kind: 'released', ranges: pieces.release(isComputing) });
        break;
      case 'stop':
        isStopped = true;
        pieces.clear();
        stop.cancel();
        break;
      case 'leave':
        // What it has not begun goes back by itself: the coordinator knows what it holds.
        isStopped = true;
        pieces.clear();
        break;
      case 'refuse':
        refusal = message.reason;
        break;
      case 'welcome':
        throw new Error('a second welcome came');
      default:
        message satisfies never;
    }
  };
  for (const message of inbox) handle(message);
  const add = (first: number, count: number, attempt: number) => pieces.add(first, count, attempt);
  link.handler = (bytes) => {
    if (isAssign(bytes)) eachAssignment(bytes, add);
    else handle(decodeMessage(bytes) as CoordinatorMessage);
  };

  // While an asynchronous kernel runs nobody else polls.
  const attention = setInterval(() => link.poll(), attentionMs);
  const vitals = setInterval(() => outbox.send(vitalsOf()), vitalsMs);
  // The end of a piece is the start of the next: asking the clock costs as much as a small piece.
  let now = performance.now();
  let flushedAt = now;
  let turnedAt = now;
  /** Cases whose results wait in the outbox. */
  let returned = 0;
  const piece: Piece = { first: 0, count: 0, attempt: 0 };
  while (!isStopped && refusal === undefined) {
    if (!pieces.next(piece)) {
      outbox.flush();
      returned = 0;
      if (!link.poll()) await link.wait();
      now = performance.now();
      flushedAt = now;
      turnedAt = now;
      continue;
    }
    const allotment = grants.enter(piece.first);
    if (allotment) executor.slot.allot(allotment);
    const running = execute(executor, piece.first, piece.count, piece.attempt, now);
    isComputing = true;
    const block = running instanceof Promise ? await running : running;
    isComputing = false;
    pieces.observe(block.count, block.elapsedMs);
    outbox.add(block);
    returned += block.count;
    now = block.startedMs - timeOrigin + block.elapsedMs;
    // Half of what this worker holds goes back while it computes the other half, so that neither side waits.
    if (isSingle || returned >= pieces.cases || now - flushedAt > flushMs) {
      outbox.flush();
      returned = 0;
      link.poll();
      if (block.elapsedMs > settleMs) await link.settle();
      now = performance.now();
      flushedAt = now;
    }
    if (now - turnedAt > (pieces.waitingMs > plentyMs ? plentyMs : turnMs)) {
      await nextTurn();
      now = performance.now();
      turnedAt = now;
    }
  }
  clearInterval(attention);
  clearInterval(vitals);
  outbox.flush();
  return refusal === undefined ? sayBye(link) : { kind: 'refused', reason: refusal };
}

function vitalsOf(): Vitals {
  return { kind: 'vitals', memoryBytes: process.memoryUsage.rss() };
}

function sayBye(link: WorkLink): WorkEnd {
  link.send(encodeMessage({ kind: 'bye' }));
  return { kind: 'stopped' };
}

async function nextMessage(link: WorkLink, inbox: CoordinatorMessage[]): Promise<CoordinatorMessage> {
  while (inbox.length === 0) if (!link.poll()) await link.wait();
  return inbox.shift() as CoordinatorMessage;
}

async function loadOrExplain(
  request: WorkRequest,
  welcome: Welcome,
): Promise<{ kernel: ReadyKernel; identity: string } | string> {
  try {
    const loaded = await request.loadKernel(welcome);
    if (loaded.identity === welcome.kernel) return loaded;
    return `its kernel is ${loaded.identity}, the coordinator's is ${welcome.kernel}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
