/** Runs a study here or under mpirun, shows its progress, and ends with its summary and exit code. */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { placesOn } from '../launch/hosts/hosts.js';
import { isSaid, listenToParent, type ParentFacts, readParent, writeReport } from '../launch/parent-link.js';
import { MpiError } from '../mpi/index.js';
import { formatNotice } from '../observe/reporters/progress-text.js';
import { formatSummary } from '../observe/summary.js';
import { scratchBase } from '../process/scratch.js';
import { listenForStop, type StopSignals } from '../process/signals.js';
import { shellWord } from '../process/spawn/shell-word.js';
import { removeLeftovers } from '../process/temporary.js';
import type { RunOutcome, RunRequest } from '../runtime/api.js';
import { removeMeetings } from '../ssh/shared/leftovers.js';
import type { Shard } from '../study/shard.js';
import type { Study } from '../study/study.js';
import type { CommandContext } from './context.js';
import { failureCode, interruptedCode } from './failure.js';
import { createReporter } from './options/progress-options.js';
import { type RunOptions, ranksFor } from './options/run-options.js';
import { shownPath } from './paths.js';
import { outputStyle } from './reporting.js';
import { jobLauncher, runAsJob } from './run-as-job.js';

export interface StudyRun {
  readonly study: Study;
  /** Absolute. */
  readonly runDir: string;
  readonly options: RunOptions;
  /** Arguments of a command that goes on with this run. */
  readonly continuation: readonly string[];
  readonly shard?: Shard | undefined;
  readonly retry?: RunRequest['retry'];
  readonly salvage?: boolean;
  readonly takeOver?: boolean;
}

/** Resolves to the exit code. */
export async function runStudy(run: StudyRun, context: CommandContext): Promise<number> {
  const signals = listenForStop();
  // What killed runs left on this host; nobody waits for it.
  for (const base of new Set([tmpdir(), scratchBase()])) void removeLeftovers(base);
  void removeMeetings();
  try {
    const launcher = jobLauncher(run.options, context.environment);
    if (!launcher) return await runHere(run, context, signals);
    const end = await runAsJob(launcher, run, context, signals);
    switch (end.kind) {
      case 'ended':
        return report(run, end.outcome, context);
      case 'interrupted':
        context.stderr.write(`${formatNotice(leftNotice(run, context))}\n`);
        return interruptedCode;
      case 'failed':
        return failureCode;
      default:
        return end satisfies never;
    }
  } finally {
    signals.close();
  }
}

async function runHere(run: StudyRun, context: CommandContext, signals: StopSignals): Promise<number> {
  const { study, runDir, options, shard, retry, salvage, takeOver } = run;
  const parent = context.place.kind === 'rank' ? readParent(context.environment) : undefined;
  const reporter = createReporter(study.name, options.progress, context, parent);
  const stop = new AbortController();
  let isAskedByParent = false;
  const askToStop = (): void => {
    if (stop.signal.aborted) return;
    stop.abort();
    // Under a parent, a signal of its own tells rank 0 that the job is being ended, which the parent speaks of.
    if (!parent || isAskedByParent) reporter.onNotice(stopNotice);
  };
  signals.stop.addEventListener('abort', askToStop, { once: true });
  if (parent) {
    listenToParent((word) => {
      isAskedByParent = word === 'asked';
      askToStop();
    });
    await writeReport(parent, { kind: 'begun' });
  }
  const request: RunRequest = {
    study,
    runDir,
    ranks: ranksFor(options, study),
    ...(options.hosts.length > 0 && { hosts: placesOn(options.hosts, options.ranks) }),
    ...options.request,
    ...timeLeft(options.request, parent),
    ...(shard ? { shard } : {}),
    ...(retry ? { retry } : {}),
    ...(salvage ? { salvage } : {}),
    ...(parent && { supervisor: parent.supervisor }),
    ...(takeOver ? { takeOver } : {}),
    ...(parent?.restarts ? { restarts: parent.restarts } : {}),
    ...reporter,
    onNotice: (message) => {
      if (!parent || !isSaid(parent, message)) reporter.onNotice(message);
    },
    stop: stop.signal,
  };
  let outcome: RunOutcome | 'abandoned' | undefined;
  try {
    outcome = await Promise.race([context.run(request), abandonment(signals.abort)]);
  } catch (error) {
    // An error of MPI's is a rank that died; all others would come again with the next start.
    if (parent && !(error instanceof MpiError)) await writeReport(parent, { kind: 'refused' });
    throw error;
  } finally {
    reporter.onFinished(outcome === 'abandoned' ? undefined : outcome);
  }
  if (outcome === 'abandoned') {
    if (!parent) reporter.onNotice(leftNotice(run, context));
    return interruptedCode;
  }
  if (parent) {
    const isCut = outcome.state === 'interrupted' && stop.signal.aborted && !isAskedByParent;
    await writeReport(parent, { kind: 'ended', outcome, isCut });
    return 0;
  }
  return report(run, outcome, context);
}

/** What is left of the time that the user gave: earlier starts of the job have used some of it. */
function timeLeft(
  { timeLimitMs }: RunOptions['request'],
  parent: ParentFacts | undefined,
): Pick<RunRequest, 'timeLimitMs'> {
  if (timeLimitMs === undefined || !parent) return {};
  return { timeLimitMs: Math.max(0, timeLimitMs - (Date.now() - parent.startedAtMs)) };
}

const stopNotice =
  'stopping: no new cases, running ones end, everything done is kept. Ctrl+C again leaves at once';

function leftNotice({ runDir }: StudyRun, { program, cwd }: CommandContext): string {
  return `left at once. What was done is kept: ${program} resume ${shellWord(shownPath(runDir, cwd))} goes on`;
}

/** Settles when the user has lost patience; what the journal holds by then is kept. */
function abandonment(abort: AbortSignal): Promise<'abandoned'> {
  return new Promise((resolve) => {
    abort.addEventListener('abort', () => resolve('abandoned'), { once: true });
  });
}

/** Prints the summary and gives the exit code. */
function report(run: StudyRun, outcome: RunOutcome, context: CommandContext): number {
  const exitCode = exitCodeOf(outcome);
  if (run.options.isJson) {
    context.stdout.write(`${JSON.stringify({ study: run.study.name, exitCode, ...outcome }, null, 2)}\n`);
  } else {
    const text = formatSummary(outcome, {
      name: run.study.name,
      program: context.program,
      runDir: shownPath(run.runDir, context.cwd),
      style: outputStyle(context),
    });
    const answer = answerText(run.runDir, outcome);
    if (answer !== undefined) context.stdout.write(`${answer.trimEnd()}\n\n`);
    context.stdout.write(`${text}\n`);
  }
  return exitCode;
}

/** What a solver says at the end of a run. */
function answerText(runDir: string, { files }: RunOutcome): string | undefined {
  const file = files.find((name) => basename(name) === 'summary.txt');
  return file === undefined ? undefined : readFileSync(join(runDir, file), 'utf8');
}

function exitCodeOf({ state, failed, verified }: RunOutcome): number {
  if (state === 'interrupted') return interruptedCode;
  return failed > 0 || (verified && verified.different.length > 0) ? 1 : 0;
}
