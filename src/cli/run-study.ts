/** Runs a study here or under mpirun, shows its progress, and ends with its summary and exit code. */
import { EnvironmentError } from '../errors/environment-error.js';
import { chooseLauncher } from '../launch/mpirun/launcher.js';
import { runUnder } from '../launch/mpirun/run-under.js';
import { listenToParent, readParent, writeOutcome } from '../launch/parent-link.js';
import { formatSummary } from '../observe/summary.js';
import { shellWord } from '../process/shell-word.js';
import { listenForStop, type StopSignals } from '../process/signals.js';
import type { RunOutcome, RunRequest } from '../runtime/api.js';
import { checkRunDirectory } from '../store/run-directory.js';
import type { Study } from '../study/study.js';
import type { CommandContext } from './context.js';
import { failureCode } from './failure.js';
import { shownPath } from './paths.js';
import { createReporter } from './progress-options.js';
import { outputStyle, terminalOf } from './reporting.js';
import type { RunOptions } from './run-options.js';

const interruptedCode = 130;

export interface StudyRun {
  readonly study: Study;
  /** Absolute. */
  readonly runDir: string;
  readonly options: RunOptions;
  readonly retry?: RunRequest['retry'];
  readonly salvage?: boolean;
}

/** Resolves to the exit code. */
export async function runStudy(run: StudyRun, context: CommandContext): Promise<number> {
  const signals = listenForStop();
  try {
    return run.options.isUnderMpirun
      ? await runThroughMpirun(run, context, signals)
      : await runHere(run, context, signals);
  } finally {
    signals.close();
  }
}

async function runHere(run: StudyRun, context: CommandContext, signals: StopSignals): Promise<number> {
  const { study, runDir, options, retry, salvage } = run;
  const parent = context.place.kind === 'rank' ? readParent(context.environment) : undefined;
  const reporter = createReporter(study.name, options.progress, context, parent);
  const stop = new AbortController();
  const askToStop = (): void => {
    if (stop.signal.aborted) return;
    stop.abort();
    reporter.onNotice(stopNotice);
  };
  signals.stop.addEventListener('abort', askToStop, { once: true });
  if (parent) listenToParent(askToStop);
  const request: RunRequest = {
    study,
    runDir,
    ranks: options.ranks,
    ...options.request,
    ...(retry ? { retry } : {}),
    ...(salvage ? { salvage } : {}),
    ...reporter,
    stop: stop.signal,
  };
  let outcome: RunOutcome | 'abandoned' | undefined;
  try {
    outcome = await Promise.race([context.run(request), abandonment(signals.abort)]);
  } finally {
    reporter.onFinished(outcome === 'abandoned' ? undefined : outcome);
  }
  if (outcome === 'abandoned') return interruptedCode;
  if (parent) {
    await writeOutcome(parent, outcome);
    return 0;
  }
  return report(run, outcome, context);
}

const stopNotice =
  'stopping: no new cases, running ones end, everything done is kept. Ctrl+C again leaves at once';

/** Settles when the user has lost patience; what the journal holds by then is kept. */
function abandonment(abort: AbortSignal): Promise<'abandoned'> {
  return new Promise((resolve) => {
    abort.addEventListener('abort', () => resolve('abandoned'), { once: true });
  });
}

async function runThroughMpirun(
  run: StudyRun,
  context: CommandContext,
  signals: StopSignals,
): Promise<number> {
  const launcher = chooseLauncher(context.environment);
  // A folder that cannot be used is refused here, before ranks start and mpirun adds a page of its own.
  checkRunDirectory(run.runDir, run.study);
  const end = await runUnder({
    launcher,
    ranks: run.options.ranks,
    command: [...context.self, ...context.argv],
    environment: context.environment,
    terminal: terminalOf(context),
    stop: signals.stop,
    abort: signals.abort,
  });
  if (end.outcome) return report(run, end.outcome, context);
  if (signals.stop.aborted) return interruptedCode;
  // Rank 0 has said what is wrong.
  if (end.code === failureCode) return failureCode;
  const how = end.signal ? `was ended by ${end.signal}` : `ended with exit code ${end.code}`;
  throw new EnvironmentError(`${launcher.path} ${how} before the run was over`, {
    hint: `Everything done is kept: ${context.program} resume ${shellWord(shownPath(run.runDir, context.cwd))} goes on`,
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
    context.stdout.write(`${text}\n`);
  }
  return exitCode;
}

function exitCodeOf({ state, failed, verified }: RunOutcome): number {
  if (state === 'interrupted') return interruptedCode;
  return failed > 0 || (verified && verified.different.length > 0) ? 1 : 0;
}
