/** How well ranks were used, in a few words. */
import type { ExecutionStatistics } from '../results/execution/statistics.js';
import { formatCount, formatPercent, plural } from './figures.js';

/** Sessions shorter than this say more of starting processes than of the study. */
const leastMs = 1_000;

/**
 * `4 ranks were busy 93 % of the time, 3.7 times as fast as one; 2 retries, 1 timeout`; empty where there is nothing to
 * say. Without `ranks` their number is left open, for several sessions.
 */
export function formatEfficiency(statistics: ExecutionStatistics, ranks?: number): string {
  const { utilisation, speedup, retries, timeouts, totalTimeMs, taskTimeMs } = statistics;
  const parts: string[] = [];
  if (totalTimeMs >= leastMs && taskTimeMs > 0) {
    const joined = statistics.ranks.filter(({ worker }) => ranks !== undefined && worker >= ranks).length;
    const later = joined > 0 ? ` and ${formatCount(joined)} that joined` : '';
    const who = ranks === undefined ? 'ranks' : `${plural(ranks, 'rank')}${later}`;
    const isAlone = ranks === 1 && joined === 0;
    const busy = `${who} ${isAlone ? 'was' : 'were'} busy ${formatPercent(utilisation, 1)} of the time`;
    parts.push(isAlone ? busy : `${busy}, ${formatFactor(speedup)} times as fast as one`);
  }
  const troubles = [
    ...(retries > 0 ? [retries === 1 ? '1 retry' : `${formatCount(retries)} retries`] : []),
    ...(timeouts > 0 ? [plural(timeouts, 'timeout')] : []),
  ];
  if (troubles.length > 0) parts.push(troubles.join(', '));
  return parts.join('; ');
}

/** `0.92`, `3.7`, `118`. */
export function formatFactor(factor: number): string {
  return factor.toFixed(factor >= 99.5 ? 0 : factor >= 0.995 ? 1 : 2);
}
