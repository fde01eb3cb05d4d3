import { GroupCommitJournal, type Journal } from './journal.js';
import { type JournalIndex, JournalIndexer } from './journal-index.js';
import { type RecoverOptions, type Recovery, recoverJournal } from './recover.js';
import { writeFailure } from './write-failure.js';

export interface OpenJournalOptions {
  /** Study the journal belongs to, 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** Goes on with what is whole of a damaged journal. */
  readonly salvage?: boolean;
  readonly groupMs?: number;
  readonly groupCases?: number;
  readonly groupBytes?: number;
  readonly segmentBytes?: number;
  readonly checkOwner?: () => void;
}

export interface OpenedJournal {
  readonly journal: Journal;
  /** What earlier sessions left. */
  readonly index: JournalIndex;
  readonly recovery: Recovery;
}

/**
 * Opens the journal in `dir` for appending, made when it is missing. Everything it holds is read and checked once;
 * what is appended goes to a new segment, whose file appears with the first commit.
 *
 * @throws JournalDamage where durable data cannot be read, unless `salvage`
 * @throws EnvironmentError for a segment of another study or a newer version, or a folder that cannot be used
 */
export function openJournal(dir: string, options: OpenJournalOptions): OpenedJournal {
  const { fingerprint, salvage = false } = options;
  const indexer = new JournalIndexer();
  const { recovery, nextSegment } = recovered({ dir, fingerprint, salvage }, indexer);
  const journal = new GroupCommitJournal({
    dir,
    fingerprint,
    firstSegment: nextSegment,
    groupMs: options.groupMs ?? 100,
    groupCases: options.groupCases ?? Number.POSITIVE_INFINITY,
    groupBytes: options.groupBytes ?? 4 << 20,
    segmentBytes: options.segmentBytes ?? 1 << 30,
    checkOwner: options.checkOwner ?? (() => undefined),
  });
  return { journal, index: indexer.finish(), recovery };
}

function recovered(options: RecoverOptions, indexer: JournalIndexer): ReturnType<typeof recoverJournal> {
  try {
    return recoverJournal(options, (record) => indexer.add(record));
  } catch (error) {
    // Refusals of the file system are the user's to solve; anything else is told as it is.
    throw error instanceof Error && 'syscall' in error ? writeFailure(options.dir, error) : error;
  }
}
