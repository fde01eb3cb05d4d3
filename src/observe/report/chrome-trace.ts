/**
 * A run in the Trace Event Format, for Perfetto, chrome://tracing and speedscope: a process for each host, a thread
 * for each rank, a complete event for each block. A process of its own has the sessions, what was told, and cases that
 * ended without being computed.
 *
 * Format: "Trace Event Format", Google, docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU.
 */
import type { SessionSpan } from '../../results/execution/sessions.js';
import type { Lane, Span, Timeline } from '../../results/execution/timeline.js';
import { plural } from '../figures.js';

export type TraceEvent =
  /** Names a process or a thread, or says where it stands. */
  | {
      readonly ph: 'M';
      readonly name: 'process_name' | 'process_sort_index' | 'thread_name' | 'thread_sort_index';
      readonly pid: number;
      readonly tid: number;
      readonly ts: 0;
      readonly args: { readonly name: string } | { readonly sort_index: number };
    }
  /** Something that lasted: `ts` and `dur` in µs. */
  | {
      readonly ph: 'X';
      readonly name: string;
      readonly cat: 'block' | 'session';
      readonly pid: number;
      readonly tid: number;
      readonly ts: number;
      readonly dur: number;
      readonly args: Readonly<Record<string, string | number>>;
    }
  /** Something that happened, to a thread or to the whole run. */
  | {
      readonly ph: 'i';
      readonly name: string;
      readonly cat: 'lost' | 'notice' | 'given up';
      readonly pid: number;
      readonly tid: number;
      readonly ts: number;
      readonly s: 't' | 'g';
      readonly args: Readonly<Record<string, string | number>>;
    };

export interface ChromeTrace {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
  readonly otherData: Readonly<Record<string, string | number>>;
}

/** A viewer takes its time for more events than this. */
export const mostSpans = 40_000;

const runProcess = 0;

export function chromeTrace(name: string, timeline: Timeline, sessions: readonly SessionSpan[]): ChromeTrace {
  const { lanes, instants, joinedMs } = timeline;
  const starts = [
    ...sessions.map(({ startMs }) => startMs),
    ...lanes.flatMap(({ spans }) => spans.slice(0, 1).map(({ startMs }) => startMs)),
  ];
  const originMs = starts.reduce((least, ms) => Math.min(least, ms), Number.POSITIVE_INFINITY);
  const at = (ms: number): number => Math.max(0, toMicroseconds(ms - originMs));
  const hosts = [...new Set(lanes.map(({ host }) => host))];
  const processOf = (host: string): number => hosts.indexOf(host) + 1;
  const events: TraceEvent[] = [
    ...spansOf(lanes, processOf, at),
    ...sessionEvents(sessions, lanes, processOf, at),
  ];
  for (const { ms, first, cases } of instants) {
    events.push({
      ...{ ph: 'i', name: `${casesText(first, cases)} not computed`, cat: 'given up', s: 'g' },
      ...{ pid: runProcess, tid: 0, ts: at(ms), args: { first_case: first, cases } },
    });
  }
  return {
    traceEvents: [...names(name, hosts, lanes, processOf), ...events.sort((a, b) => a.ts - b.ts)],
    displayTimeUnit: 'ms',
    otherData: {
      ...{ study: name, clock: 'each rank by the clock of its host' },
      ...(Number.isFinite(originMs) && { started_at: new Date(originMs).toISOString() }),
      ...(joinedMs > 0 && {
        joined: `blocks that begin within ${joinedMs.toPrecision(3)} ms of each other are one event; busy_ms is the time in which one was computed`,
      }),
    },
  };
}

/** Microseconds with three decimals: nothing in a journal is more precise. */
const toMicroseconds = (ms: number): number => Math.round(ms * 1e6) / 1e3;

/** A lane's number in its process; ranks are far fewer than this apart. */
const threadOf = ({ worker, lane }: Pick<Lane, 'worker' | 'lane'>): number => worker + lane * 2 ** 24;

function names(
  study: string,
  hosts: readonly string[],
  lanes: readonly Lane[],
  processOf: (host: string) => number,
): TraceEvent[] {
  const events: TraceEvent[] = [];
  const add = (
    kind: 'process' | 'thread',
    pid: number,
    tid: number,
    name: string,
    sort_index: number,
  ): void => {
    const common = { ph: 'M', pid, tid, ts: 0 } as const;
    events.push({ ...common, name: `${kind}_name` as const, args: { name } });
    events.push({ ...common, name: `${kind}_sort_index` as const, args: { sort_index } });
  };
  add('process', runProcess, 0, `run of ${study}`, 0);
  add('thread', runProcess, 0, 'sessions', 0);
  for (const host of hosts) add('process', processOf(host), 0, host, processOf(host));
  for (const { host, worker, lane } of lanes) {
    const name = lane === 0 ? `rank ${worker}` : `rank ${worker} (${lane + 1})`;
    add('thread', processOf(host), threadOf({ worker, lane }), name, worker * 64 + lane);
  }
  return events;
}

function* spansOf(
  lanes: readonly Lane[],
  processOf: (host: string) => number,
  at: (ms: number) => number,
): Generator<TraceEvent> {
  for (const lane of lanes) {
    const pid = processOf(lane.host);
    const tid = threadOf(lane);
    let endTs = 0;
    for (const span of lane.spans) {
      // Rounding must not make an event begin inside the one before it.
      const ts = Math.max(at(span.startMs), endTs);
      endTs = Math.max(ts, at(span.endMs));
      const dur = toMicroseconds((endTs - ts) / 1e3);
      yield { ph: 'X', name: nameOf(span), cat: 'block', pid, tid, ts, dur, args: argumentsOf(span) };
      endTs = toMicroseconds((ts + dur) / 1e3);
    }
  }
}

function nameOf({ first, cases, blocks }: Span): string {
  return blocks === 1 ? casesText(first, cases) : `${plural(cases, 'case')} in ${plural(blocks, 'block')}`;
}

const casesText = (first: number, cases: number): string =>
  cases === 1 ? `case ${first}` : `cases ${first}–${first + cases - 1}`;

function argumentsOf(span: Span): Record<string, number> {
  const { first, cases, attempt, session, failed, blocks, busyMs } = span;
  return {
    ...{ first_case: first, cases, attempt, session },
    ...(failed > 0 && { failed }),
    ...(blocks > 1 && { blocks, busy_ms: Math.round(busyMs * 1e3) / 1e3 }),
  };
}

function sessionEvents(
  sessions: readonly SessionSpan[],
  lanes: readonly Lane[],
  processOf: (host: string) => number,
  at: (ms: number) => number,
): TraceEvent[] {
  const events: TraceEvent[] = [];
  const known = new Set(lanes.map(({ host, worker }) => `${host} ${worker}`));
  for (const { session, startMs, endMs, state, ranks, summary } of sessions) {
    const ts = at(startMs);
    const dur = toMicroseconds(Math.max(0, at(endMs) - ts) / 1e3);
    const args = { session, state, ranks };
    events.push({
      ph: 'X',
      name: `session ${session + 1}`,
      cat: 'session',
      pid: runProcess,
      tid: 0,
      ts,
      dur,
      args,
    });
    for (const event of summary.events) {
      if (event.event === 'notice') {
        const { message } = event;
        events.push({
          ...{ ph: 'i', name: message, cat: 'notice', s: 'g', pid: runProcess, tid: 0 },
          ...{ ts: at(Date.parse(event.at)), args: { session } },
        });
      } else if (event.event === 'lost') {
        const host = summary.hosts.get(event.worker) ?? '';
        const isKnown = known.has(`${host} ${event.worker}`);
        events.push({
          ...{ ph: 'i', name: `rank ${event.worker} ${event.how}`, cat: 'lost' },
          ...(isKnown
            ? { s: 't', pid: processOf(host), tid: threadOf({ worker: event.worker, lane: 0 }) }
            : { s: 'g', pid: runProcess, tid: 0 }),
          ...{ ts: at(Date.parse(event.at)), args: { session, worker: event.worker } },
        });
      }
    }
  }
  return events;
}
