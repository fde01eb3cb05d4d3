/** Why a case without a result is not being computed: what a live session shows, and what the study and the journal say. */
import type { LiveState } from '../runtime/progress/live.js';
import { amountsOf, amountsText } from '../schedule/tasks/hosts.js';
import type { TaskSet } from '../schedule/tasks/task-set.js';
import { failedCases } from '../store/journal/failures.js';
import type { JournalIndex } from '../store/journal/journal-index.js';
import type { RunDirectoryView } from '../store/run-directory.js';
import { createTaskSet } from '../study/task-set.js';
import { formatCount, formatDuration, plural } from './figures.js';

/** Cases and hosts that are named; of the others there are only numbers. */
const named = 5;

/** Sentences without a full stop, the nearest reason first. `live`: of a session that runs. */
export function obstaclesOf(
  { study, manifest, paths }: RunDirectoryView,
  index: JournalIndex,
  caseIndex: number,
  live: LiveState | undefined,
): string[] {
  const here = live && placeOf(live, caseIndex);
  if (here !== undefined) return [here];
  const tasks = createTaskSet(study, study.cases.count);
  const lines: string[] = [];
  if (tasks) {
    const hasFailed = new Set(Array.from(failedCases(paths.journal, index), (failed) => failed.index));
    lines.push(...dependencyLines(tasks, index, caseIndex, hasFailed, live));
    lines.push(...levelLines(tasks, index, caseIndex));
  }
  if (live && index.inFlight.has(caseIndex)) return ['it is handed out, and not back yet'];
  const isFree = lines.length === 0;
  if (live && isFree && tasks?.needs) lines.push(...resourceLines(tasks, caseIndex, live));
  if (live && lines.length === 0) lines.push(...queueLines(live));
  if (!live) lines.push(...sessionLines(manifest.sessions.at(-1)));
  return lines;
}

/** Where the session has it, if it says so. */
function placeOf({ workers, queue }: LiveState, caseIndex: number): string | undefined {
  for (const { worker, host, current } of workers) {
    if (!current || caseIndex < current.first || caseIndex >= current.first + current.count) continue;
    const since = `for ${formatDuration(current.forMs)}`;
    if (current.count === 1) return `in flight at worker ${worker} on ${host} ${since}`;
    return `at worker ${worker} on ${host}, which computes its ${plural(current.count, 'case')} from ${current.first} on ${since}`;
  }
  const due = queue.samples?.due.find((other) => other.case === caseIndex);
  return due && `in back-off: attempt ${due.attempt} is due in ${formatDuration(Math.max(0, due.inMs))}`;
}

function dependencyLines(
  { dependencies, nameOf }: TaskSet,
  index: JournalIndex,
  caseIndex: number,
  hasFailed: ReadonlySet<number>,
  live: LiveState | undefined,
): string[] {
  const { offsets, cases } = dependencies;
  const before = cases.subarray(offsets[caseIndex]!, offsets[caseIndex + 1]!);
  const open = Array.from(before).filter((each) => hasFailed.has(each) || !index.done.has(each));
  const lines = open.slice(0, named).map((each) => {
    const state = hasFailed.has(each) ? 'did not complete' : `is ${stateOf(each, dependencies, index, live)}`;
    return `waits for ${nameOf(each)}, which ${state}`;
  });
  const rest = open.length - named;
  return rest > 0 ? [...lines, `and for ${plural(rest, 'more case')} that it depends on`] : lines;
}

function stateOf(
  caseIndex: number,
  { offsets, cases }: TaskSet['dependencies'],
  index: JournalIndex,
  live: LiveState | undefined,
): string {
  const place = live && placeOf(live, caseIndex);
  if (place !== undefined) return place;
  if (index.inFlight.has(caseIndex)) return live ? 'handed out' : 'not back from a worker';
  const before = cases.subarray(offsets[caseIndex]!, offsets[caseIndex + 1]!);
  const isFree = before.every((each) => index.done.has(each));
  return isFree ? 'not computed yet' : 'waiting for others itself';
}

function levelLines({ levels, nameOf }: TaskSet, index: JournalIndex, caseIndex: number): string[] {
  if (!levels) return [];
  const own = levels[caseIndex]!;
  let lower = 0;
  let example = -1;
  for (let each = 0; each < levels.length; each++) {
    if (levels[each]! >= own || index.done.has(each)) continue;
    if (lower === 0) example = each;
    lower++;
  }
  if (lower === 0) return [];
  return [`waits for ${plural(lower, 'case')} of lower levels; the first is ${nameOf(example)}`];
}

function resourceLines({ needs, nameOf }: TaskSet, caseIndex: number, { queue }: LiveState): string[] {
  const kind = needs?.kinds[needs.kindOf[caseIndex]!];
  if (!kind || queue.resources === 0) return [];
  const { blocked = [], hosts = [] } = queue.samples ?? {};
  const own = blocked.find((other) => other.case === caseIndex);
  const kept =
    own?.host === undefined ? '' : `; ${own.host} is kept for it until there is room${soon(own.inMs)}`;
  return [
    `it may start, and needs ${amountsText(amountsOf(kind))}${kept}`,
    ...hosts.slice(0, named).map(({ host: name, owned, free }) => {
      const other = blocked.find((each) => each.host === name && each.case !== caseIndex);
      return `${name} has ${owned}; free: ${free}${other ? `; ${reservation(nameOf(other.case), other.inMs)}` : ''}`;
    }),
  ];
}

/** Why a case does not start on a host that has room for it. */
function reservation(name: string, inMs: number | undefined): string {
  const kept = `kept for ${name}, which is next there${soon(inMs)}`;
  return inMs === undefined ? kept : `${kept}: until then only what is expected to end before starts there`;
}

function soon(inMs: number | undefined): string {
  return inMs === undefined ? '' : `, as expected in ${formatDuration(inMs)}`;
}

function queueLines({ queue, isThrottled }: LiveState): string[] {
  const lines = [`not handed out yet, as ${formatCount(queue.waiting)} of the cases are`];
  if (queue.late > 0) {
    lines.push(`${plural(queue.late, 'case')} cannot end in the time that the run has, and may be it`);
  }
  if (queue.backOff > 0) lines.push(`${plural(queue.backOff, 'case')} in back-off, which may be it`);
  if (queue.memory > 0) {
    lines.push(
      `${plural(queue.memory, 'case')} to be tried with more memory than their hosts have free, which may be it`,
    );
  }
  if (isThrottled) lines.push('nothing is handed out now, because the disk is behind');
  return lines;
}

function sessionLines(session: RunDirectoryView['manifest']['sessions'][number] | undefined): string[] {
  const reason = session?.facts.reason;
  const how = typeof reason === 'string' ? `; the last session ended: ${reason}` : '';
  return [`no session runs${how}`];
}
