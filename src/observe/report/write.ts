import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sessionActivity } from '../../results/execution/activity.js';
import { failedCounts } from '../../results/execution/failed-counts.js';
import { type SessionSpan, sessionSpans } from '../../results/execution/sessions.js';
import { timelineOf } from '../../results/execution/timeline.js';
import { writeFileAtomic } from '../../store/atomic-file.js';
import type { RunFacts } from '../run-facts.js';
import { chromeTrace, mostSpans } from './chrome-trace.js';
import type { ReportFacts } from './facts.js';
import { reportPage } from './page.js';
import { binsFor, timelineSvg } from './timeline-svg.js';

/** Sessions that the picture of ranks shows; of more, the last ones. */
const drawnSessions = 16;

/** Writes `report.html` and `trace.json` into the run directory; their paths. */
export function writeReport(run: RunFacts, facts: ReportFacts): { page: string; trace: string } {
  const { view, index } = run;
  const failed = failedCounts(view.paths.journal, index);
  const spans = sessionSpans(index);
  const page = join(view.path, 'report.html');
  const trace = join(view.path, 'trace.json');
  const timeline = timelineOf(index, failed, mostSpans);
  writeFileAtomic(trace, `${JSON.stringify(chromeTrace(facts.name, timeline, spans))}\n`);
  const figure = join(view.path, 'answer', 'figure.svg');
  const pictures = {
    timeline: index.blocks.length > 0 ? pictureOf(run, spans, failed) : undefined,
    figure: existsSync(figure) ? readFileSync(figure, 'utf8') : undefined,
  };
  writeFileAtomic(page, reportPage(facts, pictures));
  return { page, trace };
}

function pictureOf(
  { index }: RunFacts,
  spans: readonly SessionSpan[],
  failed: ReadonlyMap<number, number>,
): string {
  const bins = binsFor(spans.map(({ startMs, endMs }) => endMs - startMs));
  const all = sessionActivity(index, spans, failed, bins);
  const isDrawn = all.map(({ ranks }) => ranks.length > 0);
  const drawn = all.filter((_, s) => isDrawn[s]).slice(-drawnSessions);
  const drawnSpans = spans.filter((_, s) => isDrawn[s]).slice(-drawnSessions);
  return timelineSvg({
    activity: drawn,
    ranks: drawnSpans.map(({ ranks }) => ranks),
    lost: drawnSpans.map(({ summary }) =>
      summary.events.flatMap((event) =>
        event.event === 'lost' ? [{ worker: event.worker, ms: Date.parse(event.at) }] : [],
      ),
    ),
  });
}
