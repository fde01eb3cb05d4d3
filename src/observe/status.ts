/** Where a run stands, from what its directory holds: as one value for scripts, as a few lines for people. */

import { shellWord } from '../process/shell-word.js';
import type { FailureKind, Progress } from '../runtime/api.js';
import type { Session } from '../store/manifest.js';
import { formatCount, formatDuration, formatPercent, formatRate, plural } from './figures.js';
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
  /** What the session shows of itself while it runs. */
  readonly live: Progress | undefined;
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
  /** While it runs. */
  readonly rate?: number;
  readonly etaMs?: number;
  readonly workers?: Progress['workers'];
}

export function statusOf(facts: StatusFacts): Status {
  const { name, runDir, cases, done, failed, failures, sessions, live } = facts;
  const state = stateOf(facts);
  return {
    ...{ name, runDir, state, cases, done, failed, failures, sessions },
    ...(state === 'running' && live ? liveFigures(live) : {}),
  };
}

function stateOf({ sessions, owner, done, cases }: StatusFacts): RunState {
  const last = sessions.at(-1);
  if (owner?.isHeld && owner.alive === 'alive') return 'running';
  if (!last) return 'new';
  if (last.state === 'running') {
    return owner?.isHeld && owner.alive === 'unknown' ? 'elsewhere' : 'broken off';
  }
  // A session with --limit completes what it was asked for; the run is complete with its last case.
  return done >= cases ? 'completed' : 'interrupted';
}

function liveFigures({ rate, etaMs, workers }: Progress): Partial<Status> {
  return { rate, workers, ...(etaMs === undefined ? {} : { etaMs }) };
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
    `${style.bold(name)}: ${stateText(state, style)}`,
    `  ${formatPercent(done, cases)}, ${formatCount(done)} of ${plural(cases, 'case')} done${failedText}`,
  ];
  const figures = figuresOf(status);
  if (figures !== '') lines.push(`  ${figures}`);
  for (const { status: kind, type, count, example } of failures) {
    const text = type === kind ? kind : `${kind} ${type}`;
    lines.push(`  ${style.bad(text)}: ${plural(count, 'case')}, the first is case ${example}`);
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

function stateText(state: RunState, style: Style): string {
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
      return 'in use on another host, from where it cannot be seen here';
    default:
      return state satisfies never;
  }
}

function figuresOf({ rate, etaMs, workers }: Status): string {
  if (rate === undefined) return '';
  const busy = workers?.filter(({ state }) => state === 'busy').length ?? 0;
  return [
    formatRate(rate),
    ...(etaMs === undefined ? [] : [`ETA ${formatDuration(etaMs)}`]),
    ...(workers ? [`${busy} of ${plural(workers.length, 'worker')} busy`] : []),
  ].join(', ');
}
