/** When each session of a run began and ended, as far as its journal tells. */
import type { JournalIndex, SessionSummary } from '../../store/journal/journal-index.js';

export interface SessionSpan {
  /** From 0. */
  readonly session: number;
  /** ms since the epoch, by the coordinator's clock. */
  readonly startMs: number;
  /** Of a session that did not record its end: that of the last thing known of it. */
  readonly endMs: number;
  readonly state: 'completed' | 'interrupted' | 'not ended';
  /** Processes that took part when it began. */
  readonly ranks: number;
  readonly summary: SessionSummary;
}

export function sessionSpans({ sessions, blocks }: JournalIndex): SessionSpan[] {
  const lastMs = new Float64Array(sessions.length);
  for (let b = 0; b < blocks.length; b++) {
    const endMs = blocks.startedMs[b]! + blocks.elapsedMs[b]!;
    const session = blocks.session[b]!;
    if (endMs > lastMs[session]!) lastMs[session] = endMs;
  }
  return sessions.map((summary, session) => {
    const { start, events } = summary;
    const startMs = Date.parse(start.at);
    const end = events.find((event) => event.event === 'end');
    const { ranks } = start.facts;
    return {
      ...{ session, startMs, summary, ranks: typeof ranks === 'number' ? ranks : 1 },
      state: end?.state ?? 'not ended',
      endMs: end ? Date.parse(end.at) : Math.max(startMs, lastMs[session]!, ...events.map(timeOf)),
    };
  });
}

function timeOf(event: SessionSummary['events'][number]): number {
  return event.at === undefined ? 0 : Date.parse(event.at);
}
