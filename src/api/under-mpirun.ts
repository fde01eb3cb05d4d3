/** A run under an mpirun of its own: the run directory is made here, and the ranks resume it. */
import { EnvironmentError } from '../errors/environment-error.js';
import { chooseLauncher } from '../launch/mpirun/launcher.js';
import { defaultRestarts } from '../launch/mpirun/restarts.js';
import { runWithRestarts } from '../launch/mpirun/run-with-restarts.js';
import { readLiveState } from '../observe/live-state.js';
import { mainScript } from '../process/install.js';
import type { RunOutcome, RunRequest } from '../runtime/api.js';
import type { LiveState } from '../runtime/progress/live.js';
import { openRunDirectory } from '../store/run-directory.js';
import type { Execution } from '../study/execution.js';

/** Time between two looks at what the ranks show of themselves. */
const lookMs = 250;

export async function runUnderMpirun(
  request: RunRequest,
  environment: NodeJS.ProcessEnv,
): Promise<RunOutcome> {
  const { runDir, study, ranks, stop } = request;
  const launcher = chooseLauncher(environment);
  openRunDirectory(runDir, study).close();
  const tell = teller(request);
  const timer = setInterval(() => tell(readLiveState(runDir)), lookMs);
  try {
    const { retry: _once, ...again } = request;
    const hint = `Everything done is kept in ${runDir}`;
    const end = await runWithRestarts({
      launcher,
      ranks,
      runDir,
      program: [process.execPath, mainScript()],
      first: ['resume', runDir, '--quiet', ...optionsOf(request)],
      continuation: ['resume', runDir, '--quiet', ...optionsOf(again)],
      restartLimit: defaultRestarts,
      environment,
      terminal: undefined,
      stop,
      abort: new AbortController().signal,
      hint,
      onRestart: ({ how, done, restart }) =>
        request.onNotice(`MPI ended the job: ${how}; ${done} cases done. Restart ${restart} goes on`),
    });
    if (end.kind === 'ended') return end.outcome;
    const how = end.kind === 'failed' ? end.how : 'it was asked to stop';
    throw new EnvironmentError(`${launcher.path} ended before the run was over: ${how}`, { hint });
  } finally {
    clearInterval(timer);
    tell(readLiveState(runDir));
  }
}

/** Says what has changed since the last look. Another session may have left its own behind, so the first is no news. */
function teller(request: RunRequest): (live: LiveState | undefined) => void {
  const { study, runDir, ranks, strategy = study.schedule.strategy } = request;
  const before = readLiveState(runDir);
  let seen = before && `${before.pid} ${before.sequence}`;
  let pid: number | undefined;
  let toldMs = 0;
  return (live) => {
    if (!live || seen === `${live.pid} ${live.sequence}`) return;
    seen = `${live.pid} ${live.sequence}`;
    if (live.pid !== pid) {
      pid = live.pid;
      const { total, before: doneBefore } = live;
      request.onStarted?.({
        ...{ name: study.name, runDir, total, before: doneBefore, ranks, strategy, transport: 'mpi' },
      });
    }
    request.onProgress(live);
    const failures = live.recentFailures.filter(({ atMs }) => atMs > toldMs);
    toldMs = failures[0]?.atMs ?? toldMs;
    for (const failed of failures.toReversed()) request.onCaseFailed?.(failed);
  };
}

/** The request's parts as options of the command line. */
function optionsOf({
  strategy,
  chunk,
  limit,
  verify,
  retry,
  timeLimitMs,
  execution = {},
}: RunRequest): string[] {
  const { timeoutMs, stallMs, retries, isolation, threads, checkpoint } = execution;
  const { memoryLimitBytes, retryMemoryFactor } = execution;
  const values: Readonly<Record<string, string | number | undefined>> = {
    ...{ strategy, chunk, limit, verify, retries, isolation, threads },
    retry: retry?.map((wish) => (typeof wish === 'object' ? wish.type : wish)).join(','),
    timeout: quantity(timeoutMs, (ms) => `${ms} ms`),
    stall: quantity(stallMs, (ms) => `${ms} ms`),
    checkpoint: checkpointText(checkpoint),
    'time-limit': quantity(timeLimitMs, (ms) => `${ms} ms`),
    'memory-limit': quantity(memoryLimitBytes, String),
    'retry-memory-factor': retryMemoryFactor,
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`--${name}`, String(value)],
  );
}

function quantity(value: number | undefined, text: (value: number) => string): string | undefined {
  if (value === undefined) return undefined;
  return Number.isFinite(value) ? text(value) : 'none';
}

function checkpointText({ cases, ms }: Partial<Execution['checkpoint']> = {}): string | undefined {
  const parts = [Number.isFinite(cases) ? String(cases) : undefined, quantity(ms, (value) => `${value} ms`)];
  return parts.filter((part) => part !== undefined).join(',') || undefined;
}
