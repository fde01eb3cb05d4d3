import { blockHeaderBytes, readBlockHeader, readFailures } from '../../codec/block.js';
import { dataViewOf } from '../../codec/data-view.js';
import { failureClass, failureTypes } from '../../messages/failure-class.js';
import { RangeSet } from '../../schedule/ranges.js';
import { BlockList } from './block-list.js';
import { readJournal } from './read.js';
import { decodeAssignments, decodeCrash, decodeRanges, decodeRetries } from './records.js';
import type { JournalRecord } from './segments.js';
import { decodeSession, type SessionRecord } from './session-record.js';
import { type Trials, TrialsIndexer } from './trials.js';

/** Cases `first … first + count - 1` have their result in block `block`. */
export interface Piece {
  readonly first: number;
  readonly count: number;
  readonly block: number;
}

export interface SessionSummary {
  readonly start: Extract<SessionRecord, { event: 'start' }>;
  readonly hosts: ReadonlyMap<number, string>;
  /** What the session recorded behind its start, in the order in which it happened. */
  readonly events: readonly SessionRecord[];
}

/**
 * What a journal says. Of several results for one case the first durable one counts, until a `withdraw` record
 * takes it back; so nothing counts twice, and every reader of the same journal sees the same results.
 */
export interface JournalIndex extends Trials {
  /** Every result block in the order of the journal, superseded ones included. */
  readonly blocks: BlockList;
  /** Which block holds each done case, in the order of cases. */
  readonly pieces: readonly Piece[];
  /** Cases that have a result, failed ones included. */
  readonly done: RangeSet;
  /** One entry a session that recorded its start. */
  readonly sessions: readonly SessionSummary[];
}

/** Reads the journal in `dir` and says where each case's result is; see `readJournal` for what it throws. */
export function indexJournal(dir: string, fingerprint: string): JournalIndex {
  const indexer = new JournalIndexer();
  for (const record of readJournal(dir, fingerprint)) indexer.add(record);
  return indexer.finish();
}

/** What the index will say once these cases, which have a result, are withdrawn. */
export function withdrawnFrom(index: JournalIndex, cases: Iterable<number>): JournalIndex {
  const withdrawn = new RangeSet();
  for (const each of cases) withdrawn.add(each, 1);
  const done = index.done.clone();
  const tried = new Map(index.tried);
  const crashes = new Map(index.crashes);
  const pieces = without(index.pieces, withdrawn, (each, block) => {
    const attempts = index.blocks.attempt[block]!;
    done.delete(each, 1);
    tried.set(each, { attempts, forgiven: attempts });
    crashes.delete(each);
  });
  return { ...index, pieces, done, tried, crashes };
}

/** Takes records in the order of the journal. */
export class JournalIndexer {
  readonly #blocks = new BlockList();
  readonly #done = new RangeSet();
  readonly #sessions: {
    start: SessionSummary['start'];
    hosts: Map<number, string>;
    events: SessionRecord[];
  }[] = [];
  readonly #trials = new TrialsIndexer();
  #pieces: Piece[] = [];

  add(record: JournalRecord): void {
    switch (record.kind) {
      case 'results':
        this.#addResults(record);
        break;
      case 'retry': {
        const { again, blocks, offset } = decodeRetries(record.bytes);
        this.#addResults({ ...record, bytes: blocks, offset: record.offset + offset }, again);
        break;
      }
      case 'crash': {
        const { index, deaths } = decodeCrash(record.bytes);
        this.#trials.crashed(index, deaths);
        break;
      }
      case 'assign':
        for (const assignment of decodeAssignments(record.bytes)) this.#trials.assigned(assignment);
        break;
      case 'withdraw':
        this.#withdraw(record.bytes);
        break;
      case 'session':
        this.#addSession(decodeSession(record.bytes));
        break;
      default:
        record.kind satisfies never;
    }
  }

  finish(): JournalIndex {
    const pieces = this.#pieces;
    if (pieces.some((piece, i) => i > 0 && piece.first < pieces[i - 1]!.first)) {
      pieces.sort((a, b) => a.first - b.first);
    }
    const trials = this.#trials.finish(this.#done);
    return { blocks: this.#blocks, pieces, done: this.#done, sessions: this.#sessions, ...trials };
  }

  #addSession(record: SessionRecord): void {
    switch (record.event) {
      case 'start':
        this.#sessions.push({ start: record, hosts: new Map(), events: [] });
        this.#trials.begin(this.#done);
        return;
      case 'join':
        for (const [worker, host] of record.hosts) this.#sessions.at(-1)?.hosts.set(worker, host);
        break;
      case 'end':
        this.#trials.end();
        break;
      case 'lost':
        this.#trials.lost(record.worker);
        break;
      case 'notice':
        break;
      default:
        // Of a later version.
        record satisfies never;
    }
    this.#sessions.at(-1)?.events.push(record);
  }

  /** `again`: cases of these blocks that did not complete and are tried once more. */
  #addResults({ bytes, segment, offset }: JournalRecord, again: readonly number[] = []): void {
    const blocks = this.#blocks;
    const from = blocks.length;
    blocks.addAll(bytes, Math.max(0, this.#sessions.length - 1), segment, offset);
    const passed = new RangeSet();
    for (const index of again) passed.add(index, 1);
    for (let block = from; block < blocks.length; block++) {
      const first = blocks.first[block]!;
      const count = blocks.count[block]!;
      this.#trials.returned(blocks.worker[block]!, first, count);
      if (blocks.failureBytes[block]! > 0) this.#lookForShortages(bytes, blocks.offset[block]! - offset);
      if (again.length === 0) {
        this.#addPiece(first, count, block);
        continue;
      }
      for (const part of passed.missing(first, count)) this.#addPiece(part.first, part.count, block);
      for (const part of passed.within(first, count)) {
        for (let i = 0; i < part.count; i++) this.#trials.failed(part.first + i, blocks.attempt[block]!);
      }
    }
  }

  #lookForShortages(bytes: Uint8Array, at: number): void {
    // Of many failures few are of this kind: a look for the word costs less than decoding them all.
    const { first, bodyBytes } = readBlockHeader(dataViewOf(bytes), at);
    const block = bytes.subarray(at, at + blockHeaderBytes + bodyBytes);
    const text = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
    if (!text.includes(failureTypes.outOfMemory)) return;
    for (const failure of readFailures(bytes, at)) {
      if (failureClass(failure) !== 'resource') continue;
      this.#trials.ranShort(first + failure.offset, failure.memoryBytes ?? 0);
    }
  }

  #addPiece(first: number, count: number, block: number): void {
    if (!this.#done.overlaps(first, count)) this.#pieces.push({ first, count, block });
    else for (const part of this.#done.missing(first, count)) this.#pieces.push({ ...part, block });
    this.#done.add(first, count);
  }

  #withdraw(bytes: Uint8Array): void {
    const withdrawn = new RangeSet();
    for (const { first, count } of decodeRanges(bytes)) {
      withdrawn.add(first, count);
      this.#done.delete(first, count);
    }
    this.#pieces = without(this.#pieces, withdrawn, (index, block) => {
      this.#trials.withdrawn(index, this.#blocks.attempt[block]!);
    });
  }
}

/** The pieces that are left; `visit` gets each case that is not. */
function without(
  pieces: readonly Piece[],
  withdrawn: RangeSet,
  visit: (index: number, block: number) => void,
): Piece[] {
  return pieces.flatMap((piece) => {
    const { first, count, block } = piece;
    if (!withdrawn.overlaps(first, count)) return piece;
    for (const part of withdrawn.within(first, count)) {
      for (let i = 0; i < part.count; i++) visit(part.first + i, block);
    }
    return [...withdrawn.missing(first, count)].map((part) => ({ ...part, block }));
  });
}
