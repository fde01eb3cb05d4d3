/** A run under an mpirun of its own: the run directory is made here, and the ranks resume it. */

import { EnvironmentError } from '../errors/environment-error.js';
import { chooseLauncher } from '../launch/mpirun/launcher.js';
import { runUnder } from '../launch/mpirun/run-under.js';
import { mainScript } from '../process/install.js';
import type { Progress, RunOutcome, RunRequest } from '../runtime/api.js';
import { readLiveFile } from '../store/live-file.js';
import { openRunDirectory } from '../store/run-directory.js';

/** Time between two looks at what the ranks show of themselves. */
const lookMs = 250;

export async function runUnderMpirun(
  request: RunRequest,
  environment: NodeJS.ProcessEnv,
): Promise<RunOutcome> {
  const { runDir, study, ranks, stop } = request;
  const launcher = chooseLauncher(environment);
  openRunDirectory(runDir, study).close();
  const timer = setInterval(() => {
    const live = readLiveFile(runDir) as Progress | undefined;
    if (live) request.onProgress(live);
  }, lookMs);
  try {
    const end = await runUnder({
      launcher,
      ranks,
      command: [process.execPath, mainScript(), 'resume', runDir, '--quiet', ...optionsOf(request)],
      environment,
      terminal: undefined,
      stop,
      abort: new AbortController().signal,
    });
    if (end.outcome) return end.outcome;
    const how = end.signal ? `was ended by ${end.signal}` : `ended with exit code ${end.code}`;
    throw new EnvironmentError(`${launcher.path} ${how} before the run was over`, {
      hint: `Everything done is kept in ${runDir}`,
    });
  } finally {
    clearInterval(timer);
  }
}

/** The request's parts as options of the command line. */
function optionsOf({ strategy, chunk, limit, verify, retry, execution = {} }: RunRequest): string[] {
  const { timeoutMs, stallMs, retries, isolation, memoryLimitBytes, threads } = execution;
  const values: Readonly<Record<string, string | number | undefined>> = {
    ...{ strategy, chunk, limit, verify, retries, isolation, threads },
    retry: retry?.join(','),
    timeout: quantity(timeoutMs, (ms) => `${ms} ms`),
    stall: quantity(stallMs, (ms) => `${ms} ms`),
    'memory-limit': quantity(memoryLimitBytes, String),
  };
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`--${name}`, String(value)],
  );
}

function quantity(value: number | undefined, text: (value: number) => string): string | undefined {
  if (value === undefined) return undefined;
  return Number.isFinite(value) ? text(value) : 'none';
}
