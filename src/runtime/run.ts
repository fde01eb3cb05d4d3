/** A run from its request to its outcome: run directory, journal, ranks, assembly. */
import { isDeserted } from '../coordinator/reactor.js';
import { kernelIdentity } from '../kernels/load.js';
import { createLogger, type Logger } from '../log/logger.js';
import { libraryVersion, shortLibraryName, world } from '../mpi/index.js';
import { buildId } from '../process/install.js';
import { executionStatistics } from '../results/execution/statistics.js';
import type { Range } from '../schedule/ranges.js';
import { failedNumbers } from '../store/journal/failures.js';
import { indexJournal, type JournalIndex } from '../store/journal/journal-index.js';
import { type OpenedJournal, openJournal } from '../store/journal/open.js';
import { journalBytes } from '../store/journal/size.js';
import { openRunDirectory, type RunDirectory } from '../store/run-directory.js';
import { changedExecution } from '../study/execution.js';
import type { Solver } from '../study/solver.js';
import type { Prediction, Progress, RunOutcome, RunRequest } from './api.js';
import { answer } from './assemble.js';
import { casesAsked, checkRetry, checkShard } from './cases-asked.js';
import { type CoordinateRequest, type Coordination, coordinate } from './coordinate.js';
import { RunCosts } from './costs/run-costs.js';
import { ownIdentity } from './handshake.js';
import { withGuests } from './join/guest-links.js';
import { levelWatch } from './level-watch.js';
import type { CoordinatorLinks } from './links/transport.js';
import { checkGangs } from './mpi/gangs.js';
import { type Prepared, prepareRun } from './prepare.js';
import { type LiveState, liveStates } from './progress/live.js';
import { manifestStatistics } from './progress/manifest-statistics.js';
import { Monitor } from './progress/monitor.js';
import { tally } from './progress/tally.js';
import { checkHosts, dismissRanks, type MpiJob, type RankCounts, type Ranks, startRanks } from './ranks.js';
import { tellRecovery } from './recovery.js';
import { type Remaining, remainingOf } from './remaining.js';
import { sessionFacts } from './session-facts.js';
import { SessionNotes } from './session-notes.js';
import { type TimeLimit, timeLimitOf } from './time-limit.js';
import { verify } from './verify.js';
import { withdraw } from './withdraw.js';

export interface RunContext {
  readonly solvers: readonly Solver[];
  /** The MPI job that this process is rank 0 of. */
  readonly job?: MpiJob;
  /** One case after the other in this very process, with no other process started. */
  readonly isSequential?: true;
}

/** Time between two looks at the progress. */
const progressMs = 100;

export async function run(asked: RunRequest, context: RunContext): Promise<RunOutcome> {
  const execution = changedExecution(asked.study.execution, asked.execution);
  const study = { ...asked.study, execution };
  const request = { ...asked, study };
  checkShard(request);
  checkHosts(request);
  checkGangs(request, context.job ? world.size : 0);
  // A kernel that cannot be made is refused before anything is written.
  const prepared = await prepareRun(request, context.solvers);
  // The run directory keeps the study as it was written; what one session does otherwise is that session's.
  const directory = openRunDirectory(request.runDir, asked.study, request.shard, request);
  try {
    const opened = openJournal(directory.paths.journal, {
      fingerprint: study.fingerprint,
      salvage: request.salvage ?? false,
      groupMs: execution.checkpoint.ms,
      groupCases: execution.checkpoint.cases,
      checkOwner: () => directory.checkOwner(),
    });
    try {
      return await new RunSession(request, context, prepared, directory, opened).run();
    } finally {
      await opened.journal.close();
    }
  } finally {
    directory.close();
  }
}

class RunSession {
  readonly #request: RunRequest;
  readonly #context: RunContext;
  readonly #prepared: Prepared;
  readonly #directory: RunDirectory;
  readonly #opened: OpenedJournal;
  /** What earlier sessions left, without what is asked for again. */
  #index: JournalIndex;
  /** Cases asked for, and the first of them. */
  readonly #total: number;
  readonly #first: number;
  readonly #startedMs = performance.now();
  readonly #logger: Logger;
  readonly #notes: SessionNotes;
  readonly #liveState: (progress: Progress) => LiveState = liveStates();
  readonly #timeLimit: TimeLimit | undefined;
  #why: Pick<RunOutcome, 'reason'> = {};
  #prediction: Prediction | undefined;

  constructor(
    request: RunRequest,
    context: RunContext,
    prepared: Prepared,
    directory: RunDirectory,
    opened: OpenedJournal,
  ) {
    this.#request = request;
    this.#context = context;
    this.#prepared = prepared;
    this.#directory = directory;
    this.#timeLimit = timeLimitOf(request.timeLimitMs, process.env);
    this.#logger = createLogger(directory.paths.log);
    this.#notes = new SessionNotes(opened.journal, directory, this.#logger);
    this.#opened = opened;
    this.#index = opened.index;
    ({ first: this.#first, count: this.#total } = casesAsked(request.study, request.limit, request.shard));
  }

  async run(): Promise<RunOutcome> {
    const { restarts, onNotice } = this.#request;
    tellRecovery(this.#opened.recovery, restarts !== undefined, onNotice);
    const { journal } = this.#opened;
    this.#withdraw();
    const remaining = remainingOf(this.#index, this.#total, this.#first);
    const monitor = this.#monitor();
    this.#tellStart(monitor);

    let state: RunOutcome['state'] = 'completed';
    let computedNow = 0;
    let ranks: RankCounts = { size: this.#request.ranks, coordinators: 0 };
    if (remaining.count > 0) {
      const done = await this.#compute(remaining, monitor);
      state = done.state;
      computedNow = done.computed;
      ranks = done.ranks;
    } else if (this.#context.job) {
      await dismissRanks(this.#context.job);
    }
    this.#notes.ended(state);
    await journal.flush();
    return this.#finish(monitor, state, computedNow, ranks);
  }

  #withdraw(): void {
    const { retry } = this.#request;
    if (!retry) return;
    checkRetry(retry, this.#request.study);
    const { journal } = this.#directory.paths;
    const { tasks } = this.#prepared;
    this.#index = withdraw(this.#opened.journal, journal, this.#index, retry, tasks?.dependencies);
  }

  #startRanks(monitor: Monitor): Ranks {
    const logger = this.#logger;
    const onErrorLine = (worker: number, line: string, isNews: boolean): void => {
      if (isNews) monitor.workers.said(worker, line);
      logger.warn({ worker, line }, 'standard error of a worker');
      if (isNews) this.#request.onNotice(`worker ${worker}: ${line}`);
    };
    return startRanks(this.#context, this.#request, onErrorLine);
  }

  async #compute(
    remaining: Remaining,
    monitor: Monitor,
  ): Promise<{ state: RunOutcome['state']; computed: number; ranks: RankCounts }> {
    const { links: own, end, ...ranks } = this.#startRanks(monitor);
    const links = this.#takesGuests ? withGuests(own, this.#request.runDir, this.#request.supervisor) : own;
    let coordination: Coordination | undefined;
    try {
      // While the ranks come up.
      const costs = this.#recallCosts([...remaining.ranges, ...remaining.past.suspects]);
      coordination = this.#coordinate(links, ranks, remaining, monitor, costs);
      const state = await this.#watch(coordination, monitor);
      this.#prediction = costs.end(state === 'completed');
      const { reason } = coordination;
      if (state === 'interrupted' && reason !== undefined) this.#why = { reason };
      return { state, computed: coordination.state.appended, ranks };
    } finally {
      // Whoever still computes, after an error or when the time for stopping is over, cannot be waited for.
      if (coordination && isDeserted(coordination.state)) await links.close();
      else links.abort();
      end();
    }
  }

  #recallCosts(ranges: readonly Range[]): RunCosts {
    const { study, runDir, onNotice } = this.#request;
    return new RunCosts({
      ...{ study, runDir, ranges, onNotice, kernel: this.#prepared.kernel, blocks: this.#index.blocks },
      isLocal: !this.#context.job && !this.#request.hosts,
      tasks: this.#constraints(),
      onCacheFailure: ({ message }) => this.#logger.warn({ message }, 'costs cannot be kept in the cache'),
    });
  }

  #coordinate(
    links: CoordinatorLinks,
    ranks: RankCounts,
    remaining: Remaining,
    monitor: Monitor,
    costs: RunCosts,
  ): Coordination {
    const { study, onNotice, onCaseFailed, stop } = this.#request;
    const { journal } = this.#opened;
    const logger = this.#logger;
    const { shared, form, kernel, tasks } = this.#prepared;
    const strategy = this.#request.strategy ?? study.schedule.strategy;
    const chunk = this.#request.chunk ?? study.schedule.chunk;
    const facts = {
      ...sessionFacts({ ...this.#request, strategy }, ranks, form, this.#transport, this.#timeLimit),
      ...costs.predict(ranks.size, strategy, chunk),
    };
    const { name, version, outputs } = kernel;
    this.#notes.start({ name, version, form, outputs }, facts);
    if (stop.aborted) this.#notes.askedToStop();
    else stop.addEventListener('abort', () => this.#notes.askedToStop(), { once: true });
    const levels = levelWatch(study, this.#total, remaining.ranges, this.#request);
    return coordinate({
      links,
      identity: ownIdentity(buildId()),
      study,
      shared,
      form,
      kernelIdentity: kernelIdentity(kernel),
      outputs,
      log: journal,
      ranges: remaining.ranges,
      past: remaining.past,
      ...(tasks && { tasks: this.#constraints()! }),
      strategy,
      chunk,
      costs: costs.model,
      ledger: costs.ledger,
      batching: 'adaptive',
      timeLimit: this.#timeLimit,
      stop,
      onNotice: (message) => {
        this.#notes.notice(message);
        onNotice(message);
      },
      onCaseFailed: (failed) => {
        const told = monitor.failed(failed);
        if (!told.isTriedAgain) levels?.failed(told.case);
        onCaseFailed?.(told);
      },
      ...(levels && { onReturned: (blocks, again) => levels.returned(blocks, again) }),
      onJoined: (worker, host, pid) => {
        monitor.workers.joined(worker, host, pid);
        this.#notes.joined(worker, host);
      },
      onReady: () => costs.begin(),
      onLost: (worker, how) => this.#notes.lost(worker, how),
      onVitals: (worker, memoryBytes) => monitor.workers.weighed(worker, memoryBytes),
      onWorkerLog: (worker, text) => {
        monitor.workers.said(worker, text);
        logger.info({ worker, text }, 'log of a kernel');
      },
    });
  }

  #constraints(): CoordinateRequest['tasks'] {
    const { tasks } = this.#prepared;
    return tasks && { set: tasks, failed: failedNumbers(this.#directory.paths.journal, this.#index) };
  }

  async #watch(coordination: Coordination, monitor: Monitor): Promise<RunOutcome['state']> {
    monitor.watch(coordination);
    const timer = setInterval(() => this.#show(monitor, coordination), progressMs);
    try {
      return await coordination.finished;
    } finally {
      clearInterval(timer);
      await this.#directory.live.finish(this.#liveState(monitor.progress('assembling')));
      const { appended: computed } = coordination.state;
      this.#logger.info({ computed }, 'session ended');
    }
  }

  #show(monitor: Monitor, coordination: Coordination): void {
    const { isStopping } = coordination.state;
    const isCut = this.#request.stop.aborted || coordination.reason !== undefined;
    const phase = isStopping && isCut ? 'stopping' : 'running';
    const progress = monitor.progress(phase);
    this.#request.onProgress(progress);
    this.#directory.live.offer(() => this.#liveState(progress));
  }

  async #finish(
    monitor: Monitor,
    state: RunOutcome['state'],
    computedNow: number,
    { size, coordinators }: RankCounts,
  ): Promise<RunOutcome> {
    const { study, onProgress, runDir, verify: verifyCount = 0 } = this.#request;
    const { kernel, form } = this.#prepared;
    const elapsedMs = performance.now() - this.#startedMs;
    onProgress(monitor.progress('assembling'));
    const { journal } = this.#directory.paths;
    const isNew = this.#opened.journal.appended > 0;
    const index = isNew ? indexJournal(journal, study.fingerprint) : this.#index;
    const counts = tally(journal, index, this.#total, this.#first);
    const { solvers } = this.#context;
    const isAll = counts.done === this.#total && !this.#request.shard;
    const files = isAll ? await answer(this.#directory, index, isNew, this.#total, solvers) : [];
    const verified =
      verifyCount > 0 ? await verify(runDir, study, kernel, verifyCount, this.#total) : undefined;
    const statistics = executionStatistics(index, counts.counts);
    const session = index.sessions.length - 1;
    const sessionStatistics = this.#notes.isStarted
      ? executionStatistics(index, counts.countsOf(session), session)
      : undefined;
    this.#notes.finished(state, {
      ...{ computed: computedNow, elapsedMs, asked: this.#total, files },
      ...{ ...this.#why, ...(this.#prediction && { prediction: this.#prediction }) },
      ...manifestStatistics(sessionStatistics),
    });
    const finished = monitor.progress('finished');
    onProgress(finished);
    await this.#directory.live.finish(this.#liveState(finished));
    return {
      state,
      ...this.#why,
      runDir: this.#request.runDir,
      total: this.#total,
      done: counts.done,
      failed: counts.failed,
      computedNow,
      elapsedMs,
      ranks: size,
      ...(coordinators > 0 && { coordinators }),
      transport: this.#transport,
      ...(this.#context.job ? { mpiLibrary: shortLibraryName(libraryVersion()) } : {}),
      kernelForm: form,
      ...(this.#prediction && { prediction: this.#prediction }),
      failures: counts.kinds,
      statistics,
      ...(sessionStatistics && { sessionStatistics }),
      files,
      ...(verified ? { verified } : {}),
    };
  }

  #monitor(): Monitor {
    const index = this.#index;
    const { journal: dir } = this.#directory.paths;
    const { done, failed, kinds } = tally(dir, index, this.#total, this.#first);
    return new Monitor({
      ...{ total: this.#total, before: done, failedBefore: failed, failures: kinds },
      ...{ journalBytes: journalBytes(dir), journal: this.#opened.journal },
    });
  }

  #tellStart(monitor: Monitor): void {
    const { study, runDir, ranks, strategy, onStarted, onProgress } = this.#request;
    const progress = monitor.progress('starting');
    onStarted?.({
      ...{ name: study.name, runDir, total: this.#total, before: progress.before, ranks },
      transport: this.#transport,
      strategy: strategy ?? study.schedule.strategy,
    });
    onProgress(progress);
  }

  /** Nobody can join a process that computes by itself, or ranks that compute a case together. */
  get #takesGuests(): boolean {
    return this.#transport !== 'inline' && this.#request.study.execution.ranksPerTask === 1;
  }

  get #transport(): RunOutcome['transport'] {
    if (this.#context.job) return 'mpi';
    return this.#context.isSequential ? 'inline' : 'local';
  }
}
