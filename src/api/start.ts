/** Runs a study for a program: the same run as the command's, with its progress and its results in hand. */
import { join, resolve } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';
import { bundleModule } from '../kernels/bundle.js';
import { allReporters, type Reporter } from '../observe/reporters/reporter.js';
import { roomForWorkers } from '../process/node/worker-count.js';
import type { Progress, RunOutcome, RunRequest } from '../runtime/api.js';
import { loadStudy, loadStudyValue } from '../study/load.js';
import type { Solver } from '../study/solver.js';
import type { Study } from '../study/study.js';
import { chooseExecutor, runOn, serveIfRank } from './executors.js';
import { Latest } from './latest.js';
import type { RunOptions } from './options.js';
import { openResults } from './results.js';
import type { GivenStudy, RunHandle, RunResults } from './run-handle.js';
import { settleOptions } from './settle-options.js';

export function start(study: GivenStudy, options: RunOptions, solvers: readonly Solver[]): RunHandle {
  const stop = new AbortController();
  const progress = new Latest<Progress>();
  const { signal } = options;
  const onAbort = (): void => stop.abort(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const finished = compute(study, options, solvers, stop.signal, (now) => progress.set(now)).finally(() => {
    signal?.removeEventListener('abort', onAbort);
    progress.end();
  });
  // Whoever only iterates gets the error there.
  finished.catch(() => {});
  return {
    finished,
    stop: () => stop.abort(),
    async *[Symbol.asyncIterator]() {
      yield* progress.values();
      await finished;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await finished.catch(() => {});
    },
  };
}

export function loadGiven(study: GivenStudy, folder: string, solvers: readonly Solver[]): Promise<Study> {
  const load = { solvers, bundle: bundleModule };
  return typeof study === 'string'
    ? loadStudy(resolve(folder, study), load)
    : loadStudyValue(study, folder, load);
}

async function compute(
  given: GivenStudy,
  options: RunOptions,
  solvers: readonly Solver[],
  stop: AbortSignal,
  show: (progress: Progress) => void,
): Promise<RunResults> {
  const settled = settleOptions(options, process.env);
  const asked = chooseExecutor(settled.executor);
  await serveIfRank(asked, solvers);
  const folder = resolve(settled.folder ?? '.');
  const study = await loadGiven(given, folder, solvers);
  const notices: string[] = [];
  const { execution, strategy, chunk, limit, verify, retry, timeLimitMs, reporters = [] } = settled;
  const own: Reporter = {
    onProgress: (progress) => {
      show(progress);
      settled.onProgress?.(progress);
    },
    onNotice: (message) => {
      notices.push(message);
      settled.onNotice?.(message);
    },
    onFinished: () => {},
  };
  const reporter = allReporters([own, ...reporters]);
  const limitBytes = execution.memoryLimitBytes ?? study.execution.memoryLimitBytes;
  const ranks = settled.isRanksFound ? roomForWorkers(limitBytes, settled.ranks) : settled.ranks;
  const request: RunRequest = {
    ...{ study, ranks, execution, stop, ...reporter },
    runDir: resolve(settled.runDir ?? join('runs', study.name)),
    ...(strategy !== undefined && { strategy }),
    ...(chunk !== undefined && { chunk }),
    ...(limit !== undefined && { limit }),
    ...(verify !== undefined && { verify }),
    ...(retry !== undefined && { retry }),
    ...(timeLimitMs !== undefined && { timeLimitMs }),
  };
  let outcome: RunOutcome | undefined;
  try {
    outcome = await runOn(asked, request, solvers);
    return { ...openResults(request.runDir), outcome, executor: asked, notices };
  } catch (error) {
    if (!(error instanceof EnvironmentError) || settled.fallback === 'none' || asked === 'sequential')
      throw error;
    const fallback = `${asked} could not compute (${error.message}): one case after the other in this process`;
    reporter.onNotice(fallback);
    outcome = await runOn('sequential', { ...request, ranks: 1 }, solvers);
    return { ...openResults(request.runDir), outcome, executor: 'sequential', fallback, notices };
  } finally {
    reporter.onFinished(outcome);
  }
}
