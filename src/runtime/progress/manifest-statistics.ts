/** What a manifest keeps of a session's statistics. */
import type { ExecutionStatistics } from '../../results/execution/statistics.js';
import type { Session } from '../../store/manifest.js';

/** A manifest lists no more ranks than this: a report takes them from the journal. */
const listedRanks = 256;

export function manifestStatistics(statistics: ExecutionStatistics | undefined): Session['facts'] {
  if (!statistics) return {};
  const { ranks, ...figures } = statistics;
  return { statistics: ranks.length > listedRanks ? figures : statistics };
}
