/** A process that computes, and its supervision: what it is computing, for how long, with how much memory. */
import type { Loss } from '../../messages/loss.js';
import { isKind } from '../../messages/wire.js';
import { hostClockMs } from '../../process/beacon/clock.js';
import { Beacon, type Sighting } from '../../process/beacon/reader.js';
import type { Household } from '../../process/guardian/household.js';
import { hostMemory, memoryKills } from '../../process/memory/memory.js';
import type { MemoryGroup } from '../../process/memory/memory-group.js';
import { memoryAbove, type TreeMemory } from '../../process/memory/tree-memory.js';
import type { Share } from '../../process/node/share.js';
import { type Carrier, lostConnectionCode } from '../../process/spawn/carrier.js';
import { spawnWorker, type WorkerEnd, type WorkerProcess } from '../../process/spawn/spawn-worker.js';
import { encodeSettings } from '../../process/worker-settings.js';
import { directRead } from './direct-read.js';
import { type Cause, lossOf } from './end-of-process.js';
import { FrameReader, framed } from './frames.js';
import { Holdings } from './holdings.js';
import { newsFilter } from './last-words.js';
import { Respite } from './respite.js';
import { chargedMs, type Limits, lookIntervalMs, Watch } from './watch.js';

export interface KernelProcessOptions {
  readonly worker: number;
  /** File that Node runs, and the arguments in front of the settings: `worker-stdio`. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly household: Household;
  /** Brings it to another host. */
  readonly carrier?: Carrier | undefined;
  readonly share: Share;
  readonly limits: Limits;
  /** Of the process and all it starts; Infinity for none. */
  readonly memoryLimitBytes: number;
  /** A control group for that limit, where one can be made; who made it removes it. */
  readonly memoryGroup?: MemoryGroup | undefined;
  /** Folder for its scratch files. */
  readonly scratch: string;
  /** `bytes` is valid until it returns. */
  onMessage(bytes: Uint8Array): void;
  /** All that came has been given to `onMessage`. */
  onDrained(): void;
  onError(error: Error): void;
  /** `isNews`: false for the engine's traces, which belong in a log. */
  onErrorLine(line: string, isNews: boolean): void;
  /** It has ended, and all it said has been handed on. */
  onEnded(loss: Loss): void;
}

/** From TERM to KILL for a process whose case is over. */
const killGraceMs = 2_000;

/** For the engine to say that its heap is full, when that is why its case takes too long. */
const respiteMs = 2_000;

/** Memory can grow by gigabytes a second. */
const memoryLookMs = 100;

const keptLines = 20;

const outOfMemory = /heap out of memory|out of memory|std::bad_alloc|MemoryError/;

export class KernelProcess {
  readonly #options: KernelProcessOptions;
  readonly #beacon: Beacon;
  readonly #child: WorkerProcess;
  readonly #watch: Watch;
  readonly #timer: NodeJS.Timeout;
  readonly #killsBefore = memoryKills();
  readonly #errorLines: string[] = [];
  readonly #isNews = newsFilter();
  readonly #respite = new Respite(respiteMs);
  /** Where its beacon stays dark. */
  #holdings: Holdings | undefined;
  #lookedMs = performance.now();
  #cause: Cause | undefined;
  #receive: ((ms: number) => boolean) | undefined;

  constructor(options: KernelProcessOptions) {
    const { limits, memoryLimitBytes } = options;
    this.#options = options;
    this.#watch = new Watch(limits);
    this.#beacon = new Beacon(1);
    this.#child = this.#spawn();
    options.memoryGroup?.add(this.#child.pid);
    const hasMemoryLimit = Number.isFinite(memoryLimitBytes);
    const intervalMs = Math.min(lookIntervalMs(limits), hasMemoryLimit ? memoryLookMs : Infinity);
    this.#timer = setInterval(() => this.#look(), intervalMs);
    this.#timer.unref();
  }

  /** From here on it is told what comes; the process waits with what it has said so far. */
  listen(): void {
    this.#read();
    void this.#child.ended.then((end) => this.#onEnded(end));
  }

  /** Takes a copy. */
  send(bytes: Uint8Array): void {
    const { input } = this.#child;
    if (!input.writable) return;
    this.#holdings?.onSent(bytes);
    // A kernel that computes does not read its input.
    if (isKind(bytes, 'stop')) this.#beacon.cancel();
    input.write(framed(bytes));
  }

  /** Waits on this very thread for what it says, `ms` at most; false when nothing came, or only the event loop could tell. */
  receive(ms: number): boolean {
    return this.#receive?.(ms) ?? false;
  }

  /** Closes its input, which asks it to end. */
  close(): void {
    this.#child.input.end();
  }

  kill(): void {
    this.#child.kill();
  }

  /** When it has ended: ends what it has left running. */
  sweep(): Promise<void> {
    return this.#child.sweep();
  }

  #spawn(): WorkerProcess {
    const { worker, entry, args, household, carrier, share, scratch, onErrorLine } = this.#options;
    const { memoryLimitBytes, memoryGroup } = this.#options;
    const settings = encodeSettings({
      worker,
      threads: share.threads,
      scratch,
      // Memory is shared with nobody on another host: there whole chunks are watched.
      beaconSlots: carrier ? 0 : 1,
      ...(carrier ? { isCarried: true } : { gpus: share.gpus, memoryBytes: hostMemory() }),
      ...(share.cores && { cores: share.cores }),
      ...(memoryGroup && { isGrouped: true }),
    });
    return spawnWorker({
      entry,
      args: [...args, settings],
      household,
      carrier,
      environment: share.environment,
      nodeFlags: heapFlags(memoryLimitBytes),
      ...(!carrier && { descriptor: this.#beacon.descriptor }),
      onErrorLine: (line) => {
        this.#errorLines.push(line);
        if (this.#errorLines.length > keptLines) this.#errorLines.shift();
        onErrorLine(line, this.#isNews(line));
      },
    });
  }

  #read(): void {
    const { onMessage, onDrained, onError } = this.#options;
    const reader = new FrameReader((bytes) => {
      this.#holdings?.onReceived(bytes);
      // Before it is ready it holds nothing.
      if (isKind(bytes, 'ready') && !this.#beacon.look()) this.#holdings = new Holdings();
      onMessage(bytes);
    });
    const onPiece = (piece: Uint8Array): void => {
      try {
        reader.push(piece);
        onDrained();
      } catch (error) {
        onError(error as Error);
      }
    };
    const { output, outputDescriptor } = this.#child;
    output.on('data', onPiece);
    if (outputDescriptor !== undefined) this.#receive = directRead(output, outputDescriptor, onPiece);
  }

  #look(): void {
    const now = performance.now();
    const passedMs = chargedMs(now - this.#lookedMs, this.#options.limits);
    this.#lookedMs = now;
    if (this.#cause) return;
    const seen = this.#beacon.look();
    const overdue = this.#overdue(seen ?? this.#holdings?.look() ?? [], passedMs);
    // Want of memory makes a case slow, so that it explains the time, and not the other way round.
    const cause = this.#tooLarge(seen) ?? overdue;
    if (this.#respite.isGranted(cause, now) || !cause) return;
    this.#cause = cause;
    this.#child.kill(killGraceMs);
  }

  #overdue(running: readonly Sighting[], passedMs: number): Cause | undefined {
    const { limits } = this.#options;
    const overdue = this.#watch.look(running, passedMs);
    if (!overdue) return undefined;
    const memory = this.#nearLimit();
    return { kind: 'overdue', overdue, limits, ...(memory && { memory }) };
  }

  /** A heap that is nearly full costs time before it costs the process: whoever wonders about the time needs to know. */
  #nearLimit(): TreeMemory | undefined {
    const { memoryLimitBytes, carrier } = this.#options;
    if (carrier || !Number.isFinite(memoryLimitBytes)) return undefined;
    return memoryAbove(memoryLimitBytes * heapShare, this.#child.pid);
  }

  #tooLarge(running: readonly Sighting[] | undefined): Cause | undefined {
    const { memoryLimitBytes: limitBytes, memoryGroup } = this.#options;
    if (!Number.isFinite(limitBytes)) return undefined;
    if (memoryGroup) return memoryGroup.kills() > 0 ? { kind: 'memory', limitBytes, running } : undefined;
    const memory = memoryAbove(limitBytes, this.#child.pid);
    return memory && { kind: 'memory', limitBytes, memory, running };
  }

  #onEnded(end: WorkerEnd): void {
    clearInterval(this.#timer);
    this.#receive = undefined;
    const { memoryLimitBytes, carrier, onEnded } = this.#options;
    const running = this.#beacon.look();
    this.#beacon.close();
    const loss = lossOf({
      ...{ end, endedMs: hostClockMs(), memoryLimitBytes, running, errorLines: this.#errorLines },
      ...(this.#cause && { cause: this.#cause }),
      isOutOfMemory: this.#isOutOfMemory(end),
    });
    const isCut = carrier && !this.#cause && end.code === lostConnectionCode;
    onEnded(isCut ? { ...loss, how: `has no connection to ${carrier.host}` } : loss);
  }

  /** By what it said before it gave up, or by the count that the kernel keeps of those it has ended. */
  #isOutOfMemory({ signal }: WorkerEnd): boolean {
    const { memoryGroup } = this.#options;
    if (signal === 'SIGABRT') return this.#errorLines.some((line) => outOfMemory.test(line));
    // Who was ended by its supervisor was not ended by the system.
    if (signal !== 'SIGKILL' || this.#cause) return false;
    return (memoryGroup?.kills() ?? 0) > 0 || memoryKills() > this.#killsBefore;
  }
}

/** Of the memory limit. */
const heapShare = 0.75;

/** A part of the limit for the heap of JavaScript, so that garbage is collected before the limit is reached. */
function heapFlags(memoryLimitBytes: number): readonly string[] {
  if (!Number.isFinite(memoryLimitBytes)) return [];
  const megabytes = Math.max(32, Math.floor((memoryLimitBytes * heapShare) / 2 ** 20));
  return [`--max-old-space-size=${megabytes}`];
}
