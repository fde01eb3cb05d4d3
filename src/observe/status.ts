/** Where a run stands, from what its directory holds: as one value for scripts, as a few lines for people. */
import { shellWord } from '../process/spawn/shell-word.js';
import type { ExecutionStatistics } from '../results/execution/statistics.js';
import type { FailureKind } from '../runtime/api.js';
import type { LiveState } from '../runtime/progress/live.js';
import type { Session } from '../store/manifest.js';
import { formatEfficiency } from './efficiency.js';
import { formatCount, formatDuration, formatPercent, formatRate, plural } from './figures.js';
import { rankCounts } from './reporters/progress-text.js';
import type { Style } from './style.js';

/**
 * `broken off` is a session that says it runs and whose process is gone; `elsewhere` one on another host, of which
 * nobody here can know.
 */
export type RunState = 'new' | 'running' | 'elsewhere' | 'broken off' | 'interrupted' | 'completed';

/** All that is looked at to say where a run stands. */
export interface StatusFacts {
  readonly name: string;
  /** Absolute path. */
  readonly runDir: string;
  readonly cases: number;
  /** By the journal: cases with a result, failed ones included. */
  readonly done: number;
  readonly failed: number;
  readonly failures: readonly FailureKind[];
  readonly sessions: readonly Session[];
  readonly owner: { readonly isHeld: boolean; readonly alive: 'alive' | 'dead' | 'unknown' } | undefined;
  readonly statistics: ExecutionStatistics;
  /** What the session shows of itself while it runs, and how long ago it did. */
  readonly live: LiveState | undefined;
  readonly liveAgeMs: number;
}

export interface Status {
  readonly name: string;
  readonly runDir: string;
  readonly state: RunState;
  readonly cases: number;
  readonly done: number;
  readonly failed: number;
  readonly failures: readonly FailureKind[];
  readonly sessions: readonly Session[];
  readonly statistics: ExecutionStatistics;
  /** While it runs, as it shows itself. */
  readonly live?: LiveState;
  /** Since a session that says it runs has last shown itself. */
  readonly liveAgeMs?: number;
}

export function statusOf(facts: StatusFacts): Status {
  const { name, runDir, cases, done, failed, failures, sessions, statistics, live, liveAgeMs } = facts;
  const state = stateOf(facts);
  return {
    ...{ name, runDir, state, cases, done, failed, failures, sessions, statistics },
    ...(live && (state === 'running' || state === 'elsewhere') ? { live, liveAgeMs } : {}),
  };
}

/** A session that has not shown itself for so long may be gone: it does each second. */
export const silentMs = 15_000;

function stateOf({ sessions, owner, done, cases, live, liveAgeMs }: StatusFacts): RunState {
  const last = sessions.at(-1);
  if (owner?.isHeld && owner.alive === 'alive') return 'running';
  if (!last) return 'new';
  if (last.state === 'running') {
    if (!owner?.isHeld || owner.alive !== 'unknown') return 'broken off';
    return live && liveAgeMs < silentMs ? 'running' : 'elsewhere';
  }
  // A session with --limit completes what it was asked for; the run is complete with its last case.
  return done >= cases ? 'completed' : 'interrupted';
}

export interface StatusContext {
  readonly program: string;
  /** The run directory as the user would type it. */
  readonly runDir: string;
  readonly style: Style;
}

/** Lines of text, without a line end behind the last. */
export function formatStatus(status: Status, { program, runDir, style }: StatusContext): string {
  const { name, state, cases, done, failed, failures, sessions } = status;
  const failedText = failed > 0 ? `, ${style.bad(`${formatCount(failed)} failed`)}` : '';
  const lines = [
    `${style.bold(name)}: ${stateText(status, style)}`,
    `  ${formatPercent(done, cases)}, ${formatCount(done)} of ${plural(cases, 'case')} done${failedText}`,
  ];
  const figures = state === 'running' && status.live ? figuresOf(status.live) : '';
  if (figures !== '') lines.push(`  ${figures}`);
  const { totalTimeMs } = status.statistics;
  const efficiency = formatEfficiency(status.statistics);
  if (efficiency !== '') lines.push(`  ${formatDuration(totalTimeMs)} in all: ${efficiency}`);
  for (const { status: kind, type, count, example } of failures) {
    const text = type === kind ? kind : `${kind} ${type}`;
    lines.push(
      `  ${style.bad(text)}: ${count === 1 ? '' : `${plural(count, 'case')}, the first is `}case ${example}`,
    );
  }
  const last = sessions.at(-1);
  if (last) {
    const until = last.end ? ` until ${last.end}` : '';
    lines.push(`  ${plural(sessions.length, 'session')}, the last from ${last.start}${until}`);
  }
  if (state === 'broken off' || state === 'interrupted') {
    lines.push(`  ${style.dim('continue')}  ${program} resume ${shellWord(runDir)}`);
  }
  return lines.join('\n');
}

function stateText({ state, liveAgeMs }: Status, style: Style): string {
  switch (state) {
    case 'completed':
      return style.good('completed');
    case 'running':
      return style.accent('running');
    case 'new':
      return 'not started';
    case 'interrupted':
      return style.bad('not complete');
    case 'broken off':
      return style.bad('broken off: its process is gone');
    case 'elsewhere':
      return `in use on another host, ${liveAgeMs === undefined ? 'which shows nothing here' : `no sign of life for ${formatDuration(liveAgeMs)}`}`;
    default:
      return state satisfies never;
  }
}

function figuresOf({ rate, etaMs, workers }: LiveState): string {
  const { joining, busy, idle, lost } = rankCounts(workers);
  return [
    formatRate(rate),
    ...(etaMs === undefined ? [] : [`ETA ${formatDuration(etaMs)}`]),
    `${busy} of ${plural(joining + busy + idle, 'worker')} busy`,
    ...(lost > 0 ? [`${lost} lost`] : []),
  ].join(', ');
}
