/** What the coordinator's reactor does to the world: assignments go to the links, results to the journal. */
import { encodeBlock } from '../../codec/block.js';
import { allocateColumns, type ColumnSpec } from '../../codec/columns.js';
import type { Comm, FailedCase } from '../../coordinator/comm.js';
import type { CaseFailure, Spent } from '../../messages/loss.js';
import type { Batching, SharedRange } from '../../messages/message.js';
import { encodeMessage } from '../../messages/wire.js';
import { encodeAssignments, encodeCrash, encodeRetries } from '../../store/journal/records.js';
import type { Sender } from './careful-send.js';
import { createCrewComm } from './crew-comm.js';
import type { WakeTimer } from './wake-timer.js';

/** What the coordinator needs of a journal; store/journal has it on disk. */
export interface ResultLog {
  /** Copies the bytes, which hold results of `cases` cases; the position behind them. */
  append(kind: 'results' | 'assign' | 'retry' | 'crash', bytes: Uint8Array, cases?: number): number;
  readonly backlogBytes: number;
  onDurable(listener: (position: number) => void): void;
  onError(listener: (error: Error) => void): void;
  flush(): Promise<void>;
}

export interface CommRequest {
  readonly links: Sender;
  readonly log: ResultLog;
  /** Of the kernel, for rows of cases that no kernel completes. */
  readonly outputs: readonly ColumnSpec[];
  readonly batching: Batching;
  /** A case did not complete. */
  onCaseFailed?(failed: FailedCase): void;
  /** Result blocks go to the journal: the last word on all their cases but those in `again`. */
  onReturned?(blocks: Uint8Array, again?: readonly number[]): void;
}

export function createComm(
  { links, log, outputs, batching, onCaseFailed, onReturned }: CommRequest,
  timer: WakeTimer,
): Comm {
  const crew = createCrewComm(links, batching, (record) => log.append('assign', record));
  const shares = new Map<number, SharedRange[]>();
  return {
    ...crew,
    share: (worker, first, count, attempt, piece, isAlone, shortageBytes) => {
      const ranges = shares.get(worker) ?? [];
      ranges.push({
        ...{ first, count, attempt, piece },
        ...(isAlone && { isAlone }),
        ...(shortageBytes > 0 && { shortageBytes }),
      });
      shares.set(worker, ranges);
    },
    flush: (worker) => {
      // Grants go first, and to a node coordinator nothing else goes by this.
      crew.flush(worker);
      const ranges = shares.get(worker);
      if (!ranges) return;
      shares.delete(worker);
      log.append('assign', encodeAssignments(ranges.map((range) => ({ ...range, worker }))));
      links.send(worker, encodeMessage({ kind: 'share', ranges }));
    },
    persist: (blocks, cases) => {
      onReturned?.(blocks);
      return log.append('results', blocks, cases);
    },
    persistRetries: (blocks, again, cases) => {
      onReturned?.(blocks, again);
      return log.append('retry', encodeRetries(again, blocks), cases);
    },
    persistFailure: (first, attempt, failure, next, spent) => {
      const block = failureBlock(outputs, first, attempt, failure, spent);
      if (next === 'tried again') return log.append('retry', encodeRetries([first], block));
      onReturned?.(block);
      return log.append('results', block, 1);
    },
    persistCrash: (index, deaths) => {
      log.append('crash', encodeCrash(index, deaths));
    },
    hasten: () => {
      // Refusals of the disk are told to whoever listens for its errors.
      log.flush().catch(() => {});
    },
    ...(onCaseFailed && { caseFailed: onCaseFailed }),
    backlogBytes: () => log.backlogBytes,
    nowMs: () => timer.nowMs(),
    wakeAt: (atMs) => timer.wakeAt(atMs),
  };
}

function failureBlock(
  outputs: readonly ColumnSpec[],
  first: number,
  attempt: number,
  failure: CaseFailure,
  spent: Spent | undefined,
): Uint8Array {
  const { worker, ranMs } = spent ?? { worker: 0, ranMs: 0 };
  const columns = allocateColumns(outputs, 1);
  const failures = [{ offset: 0, ...failure }];
  return encodeBlock(outputs, {
    first,
    count: 1,
    startedMs: Date.now() - ranMs,
    elapsedMs: ranMs,
    worker,
    attempt,
    columns,
    failures,
  });
}
