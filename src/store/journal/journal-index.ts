import { RangeSet } from '../../schedule/ranges.js';
import { BlockList } from './block-list.js';
import { readJournal } from './read.js';
import { decodeAssignments, decodeRanges } from './records.js';
import type { JournalRecord } from './segments.js';
import { decodeSession, type SessionRecord } from './session-record.js';

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
export interface JournalIndex {
  /** Every result block in the order of the journal, superseded ones included. */
  readonly blocks: BlockList;
  /** Which block holds each done case, in the order of cases. */
  readonly pieces: readonly Piece[];
  /** Cases that have a result, failed ones included. */
  readonly done: RangeSet;
  /** Cases that the last session handed out and that have no result: they were in flight when it ended. */
  readonly inFlight: RangeSet;
  /** One entry a session that recorded its start. */
  readonly sessions: readonly SessionSummary[];
}

/** Reads the journal in `dir` and says where each case's result is; see `readJournal` for what it throws. */
export function indexJournal(dir: string, fingerprint: string): JournalIndex {
  const indexer = new JournalIndexer();
  for (const record of readJournal(dir, fingerprint)) indexer.add(record);
  return indexer.finish();
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
  #pieces: Piece[] = [];
  #assigned = new RangeSet();

  add(record: JournalRecord): void {
    switch (record.kind) {
      case 'results':
        this.#addResults(record);
        break;
      case 'assign':
        for (const { first, count } of decodeAssignments(record.bytes)) this.#assigned.add(first, count);
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
    const inFlight = new RangeSet();
    for (const { first, count } of this.#assigned) {
      for (const part of this.#done.missing(first, count)) inFlight.add(part.first, part.count);
    }
    return { blocks: this.#blocks, pieces, done: this.#done, inFlight, sessions: this.#sessions };
  }

  #addSession(record: SessionRecord): void {
    switch (record.event) {
      case 'start':
        this.#sessions.push({ start: record, hosts: new Map(), events: [] });
        this.#assigned = new RangeSet();
        return;
      case 'join':
        for (const [worker, host] of record.hosts) this.#sessions.at(-1)?.hosts.set(worker, host);
        break;
      case 'lost':
      case 'notice':
      case 'end':
        break;
      default:
        // Of a later version.
        record satisfies never;
    }
    this.#sessions.at(-1)?.events.push(record);
  }

  #addResults({ bytes, segment, offset }: JournalRecord): void {
    const blocks = this.#blocks;
    let block = blocks.length;
    blocks.addAll(bytes, Math.max(0, this.#sessions.length - 1), segment, offset);
    for (; block < blocks.length; block++) {
      const first = blocks.first[block]!;
      const count = blocks.count[block]!;
      if (!this.#done.overlaps(first, count)) this.#pieces.push({ first, count, block });
      else for (const part of this.#done.missing(first, count)) this.#pieces.push({ ...part, block });
      this.#done.add(first, count);
    }
  }

  #withdraw(bytes: Uint8Array): void {
    const withdrawn = new RangeSet();
    for (const { first, count } of decodeRanges(bytes)) {
      withdrawn.add(first, count);
      this.#done.delete(first, count);
    }
    this.#pieces = this.#pieces.flatMap(({ first, count, block }) =>
      [...withdrawn.missing(first, count)].map((part) => ({ ...part, block })),
    );
  }
}
