import { JournalDamage } from './damage.js';
import { SegmentReader } from './segment-reader.js';
import {
  checkHeader,
  endOfSegment,
  type JournalRecord,
  listSegments,
  recordOf,
  wholeFrames,
} from './segments.js';

/**
 * The records of a journal in the order in which they were appended, one window of memory at a time. Writes
 * nothing, so it may run beside the session that appends: a torn end is where that session is now, and is left out.
 *
 * @param dir the journal's folder; one that does not exist holds no records
 * @param fingerprint of the study, 64 hexadecimal digits
 * @throws JournalDamage where data that was durable cannot be read; EnvironmentError for a segment of another study
 */
export function* readJournal(dir: string, fingerprint: string): Generator<JournalRecord> {
  for (const segment of listSegments(dir)) {
    if (!segment.exists) {
      throw new JournalDamage({ file: segment.path, offset: 0, bytes: 0 }, 'the segment is missing');
    }
    const reader = new SegmentReader(segment.path, fingerprint, segment.number);
    try {
      checkHeader(reader, fingerprint, segment.number);
      const frames = wholeFrames(reader);
      let next = frames.next();
      for (; !next.done; next = frames.next()) {
        const record = recordOf(next.value, segment.number);
        if (record) yield record;
      }
      const end = endOfSegment(reader, segment, next.value);
      if (end.kind === 'damaged') throw end.damage;
    } finally {
      reader.close();
    }
  }
}
