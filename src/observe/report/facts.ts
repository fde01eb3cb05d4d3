/** Everything that a report says, as one value: for the page, and for programs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { shellWord } from '../../process/spawn/shell-word.js';
import {
  type CaseTimes,
  caseTimes,
  type SlowCase,
  slowestCases,
} from '../../results/execution/case-times.js';
import { type SessionSpan, sessionSpans } from '../../results/execution/sessions.js';
import { type ExecutionStatistics, executionStatistics } from '../../results/execution/statistics.js';
import type { FailureKind, Prediction } from '../../runtime/api.js';
import type { Session } from '../../store/manifest.js';
import { type SummaryLine, summarizeStudy } from '../../study/summary.js';
import { retryAllWord, retryOptions } from '../retry-words.js';
import type { RunFacts } from '../run-facts.js';
import type { RunState } from '../status.js';

export interface ReportFacts {
  readonly name: string;
  readonly runDir: string;
  /** ISO 8601. */
  readonly writtenAt: string;
  readonly state: RunState;
  readonly cases: number;
  readonly done: number;
  readonly statistics: ExecutionStatistics;
  readonly caseTimes: CaseTimes;
  readonly slowest: readonly SlowCase[];
  readonly failures: readonly ReportedFailure[];
  readonly sessions: readonly ReportedSession[];
  readonly study: readonly SummaryLine[];
  /** What the run left, relative to its folder. */
  readonly files: readonly string[];
  /** Commands that go on from here. */
  readonly next: readonly { readonly label: string; readonly command: string }[];
}

export interface ReportedFailure extends FailureKind {
  /** Says all about the first of these cases, and tries it again. */
  readonly explain: string;
  readonly retry: string;
  /** Tries all of these cases again, where there are several. */
  readonly retryAll?: string;
}

export interface ReportedSession {
  /** From 1. */
  readonly session: number;
  readonly start: string;
  readonly end?: string;
  readonly state: SessionSpan['state'];
  readonly ranks: number;
  readonly hosts: readonly string[];
  /** Versions, launcher, MPI library, … as it recorded them. */
  readonly facts: Session['facts'];
  readonly statistics: Omit<ExecutionStatistics, 'ranks'>;
  /** How well it was predicted, where it was. */
  readonly prediction?: Prediction;
  readonly notices: readonly { readonly at: string; readonly message: string }[];
  readonly lost: readonly { readonly at: string; readonly worker: number; readonly how: string }[];
}

export interface ReportContext {
  readonly program: string;
  /** The run directory as the user would type it. */
  readonly shownRunDir: string;
}

const listedSlow = 20;
/** Notices listed of a session; a run that loses workers by the hundred has as many. */
const listedNotices = 50;

export function reportFacts(run: RunFacts, { program, shownRunDir }: ReportContext): ReportFacts {
  const { view, index, tally, statistics, status } = run;
  const where = shellWord(shownRunDir);
  const spans = sessionSpans(index);
  return {
    ...{ name: status.name, runDir: status.runDir, writtenAt: new Date().toISOString(), state: status.state },
    ...{ cases: status.cases, done: status.done, statistics, caseTimes: caseTimes(index) },
    slowest: slowestCases(index, listedSlow),
    failures: status.failures.map((kind) => withCommands(kind, program, where)),
    sessions: spans.map((span) => sessionOf(run, span, tally.countsOf(span.session))),
    study: summarizeStudy(view.study),
    files: filesOf(view.path, status.sessions),
    next: nextOf(status, `${program} resume ${where}`),
  };
}

function withCommands(kind: FailureKind, program: string, where: string): ReportedFailure {
  const resume = `${program} resume ${where} --retry`;
  const all = retryAllWord(kind);
  const options = retryOptions(kind);
  return {
    ...kind,
    explain: `${program} explain ${where} ${kind.example}`,
    retry: `${resume} ${kind.example}${options}`,
    ...(all === undefined ? {} : { retryAll: `${resume} ${shellWord(all)}${options}` }),
  };
}

function sessionOf(
  { index, status }: RunFacts,
  span: SessionSpan,
  counts: Parameters<typeof executionStatistics>[1],
): ReportedSession {
  const { session, startMs, endMs, state, ranks, summary } = span;
  const { ranks: _, ...statistics } = executionStatistics(index, counts, session);
  const { events, hosts, start } = summary;
  const { prediction, ...facts } = { ...start.facts, ...recordedAtEnd(status.sessions, startMs) };
  return {
    ...{ session: session + 1, start: new Date(startMs).toISOString(), state, ranks, statistics },
    ...(state === 'not ended' ? {} : { end: new Date(endMs).toISOString() }),
    hosts: [...new Set(hosts.values())].sort(),
    facts,
    ...(isPrediction(prediction) && { prediction }),
    notices: events.filter((event) => event.event === 'notice').slice(0, listedNotices),
    lost: events.filter((event) => event.event === 'lost').slice(0, listedNotices),
  };
}

/** A session of the journal and one of the manifest are the same when they began within a moment. */
const sameMs = 5_000;

/** What only the manifest has, the statistics apart: they are taken from the journal here. */
function recordedAtEnd(sessions: readonly Session[], startMs: number): Session['facts'] {
  const same = sessions.find(({ start }) => Math.abs(Date.parse(start) - startMs) < sameMs);
  const { statistics: _, files: __, ...facts } = same?.facts ?? {};
  return facts;
}

function isPrediction(value: unknown): value is Prediction {
  return typeof value === 'object' && value !== null;
}

const knownFiles = [
  'answer/figure.svg',
  'answer/statistics.csv',
  'answer/statistics.json',
  'results.parquet',
  'results.arrow',
  'results.csv',
  'results.jsonl',
  'execution.parquet',
  'execution.csv',
  'execution.arrow',
  'execution.jsonl',
  'log.jsonl',
];

function filesOf(runDir: string, sessions: readonly Session[]): string[] {
  const recorded = sessions.flatMap(({ facts }) =>
    Array.isArray(facts.files) ? facts.files.map(String) : [],
  );
  return [...new Set([...recorded, ...knownFiles])].filter((file) => existsSync(join(runDir, file)));
}

function nextOf({ state, failures }: RunFacts['status'], resume: string): ReportFacts['next'] {
  const next: { label: string; command: string }[] = [];
  const has = (status: FailureKind['status']): boolean => failures.some((kind) => kind.status === status);
  if (state === 'interrupted' || state === 'broken off') next.push({ label: 'go on', command: resume });
  if (has('failed')) next.push({ label: 'try all failed cases again', command: `${resume} --retry failed` });
  if (has('timeout')) next.push({ label: 'try all timeouts again', command: `${resume} --retry timeout` });
  return next;
}
