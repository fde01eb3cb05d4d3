/** Runs a study as the ranks of an MPI job, and starts the job again when MPI has ended it; the run goes on. */
import { mkdirSync, rmSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import { thisProcess } from '../../process/identity.js';
import { hiddenFolder, removeLeftovers, temporaryFolder } from '../../process/temporary.js';
import type { RunOutcome } from '../../runtime/api.js';
import { indexJournal } from '../../store/journal/journal-index.js';
import { readManifest } from '../../store/manifest.js';
import { runPaths } from '../../store/run-directory.js';
import type { ParentFacts } from '../parent-link.js';
import { Restarts, type Standing } from './restarts.js';
import { type JobEnd, type RunUnderRequest, runUnder } from './run-under.js';

export interface RestartingRun extends Omit<RunUnderRequest, 'command' | 'facts'> {
  readonly runDir: string;
  /** Node and the entry of this program. */
  readonly program: readonly string[];
  /** Arguments of the first start, and of those that go on with it. */
  readonly first: readonly string[];
  readonly continuation: readonly string[];
  /** Restarts in a row without any progress. */
  readonly restartLimit: number;
  /** The caller's terminal on standard error, where there is one. */
  readonly terminal: Pick<ParentFacts, 'columns' | 'isColored'> | undefined;
  /** What to tell a user whose run cannot go on. */
  readonly hint: string;
  /** The job has ended `how`, with so many cases done, and starts for the `restart`-th time again. */
  onRestart(restart: { readonly how: string; readonly done: number; readonly restart: number }): void;
}

/** How a run came to its end; `failed`: rank 0 has said what is wrong. */
export type RestartingEnd =
  | { readonly kind: 'ended'; readonly outcome: RunOutcome }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly how: string };

/** Throws EnvironmentError when MPI ends the job before the run has begun, or more often than allowed. */
export async function runWithRestarts(run: RestartingRun): Promise<RestartingEnd> {
  const startedMs = performance.now();
  const startedAtMs = Date.now();
  const supervisor = thisProcess();
  const first = standingOf(run.runDir);
  const restarts = new Restarts(run.restartLimit, first);
  const folder = linkFolder(run);
  let last = first;
  try {
    for (;;) {
      const end = await runOnce(
        run,
        { folder, supervisor, startedAtMs, restarts: restarts.count, ...run.terminal },
        last,
        first,
      );
      const { report } = end;
      if (report?.kind === 'ended' && (!report.isCut || run.stop.aborted)) {
        const before = { computed: last.done - first.done, startedMs, restarts: restarts.count };
        return { kind: 'ended', outcome: overAllStarts(report.outcome, before) };
      }
      if (run.stop.aborted) return { kind: 'interrupted' };
      const how = describeEnd(end, run.launcher.family === 'srun' ? 'srun' : 'mpirun');
      if (report?.kind === 'refused' || (!report && end.code === refusalCode)) return { kind: 'failed', how };
      last = standingOf(run.runDir);
      // What ends before it begins, at its very first start, will not begin either the next time.
      const isHopeless = !report && restarts.count === 0;
      if (isHopeless || !restarts.mayFollow(last)) throw givenUp(run, how, restarts.count);
      run.onRestart({ how, done: last.done, restart: restarts.count });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Rank 0 writes into it: where it may run on another host, it is beside the run directory, which that host sees. */
function linkFolder({ hosts, launcher, runDir }: RestartingRun): string {
  if (!hosts && launcher.family !== 'srun') return temporaryFolder('job');
  const beside = dirname(runDir);
  mkdirSync(beside, { recursive: true });
  // What others left there that were killed; nobody waits for it.
  void removeLeftovers(beside);
  return hiddenFolder('job', beside);
}

/** The exit code of whoever refuses a command before it begins; it has said why. */
const refusalCode = 2;

function runOnce(
  { program, first, continuation, ...run }: RestartingRun,
  facts: ParentFacts,
  last: RunStanding,
  atFirst: RunStanding,
): Promise<JobEnd> {
  // A start that never came to its session has not done what is done once, such as withdrawing failed cases.
  const isContinuation = last.sessions > atFirst.sessions;
  return runUnder({ ...run, command: [...program, ...(isContinuation ? continuation : first)], facts });
}

interface RunStanding extends Standing {
  /** Sessions that the journal knows of. */
  readonly sessions: number;
}

function standingOf(runDir: string): RunStanding {
  const manifest = readManifest(runDir);
  if (!manifest) return { done: 0, blamed: 0, sessions: 0 };
  const { done, crashes, sessions } = indexJournal(runPaths(runDir).journal, manifest.fingerprint);
  const blamed = [...crashes.values()].reduce((sum, deaths) => sum + deaths, 0);
  return { done: done.total, blamed, sessions: sessions.length };
}

function overAllStarts(
  outcome: RunOutcome,
  before: { readonly computed: number; readonly startedMs: number; readonly restarts: number },
): RunOutcome {
  if (before.restarts === 0) return outcome;
  return {
    ...outcome,
    computedNow: outcome.computedNow + Math.max(0, before.computed),
    elapsedMs: performance.now() - before.startedMs,
    restarts: before.restarts,
  };
}

/** mpirun passes on how the first rank ended: as shells do, with 128 and the number of a signal. */
function describeEnd({ code, signal }: JobEnd, launcher: string): string {
  if (signal) return `${launcher} was ended by ${signal}`;
  const number = (code ?? 0) - 128;
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return name ? `a rank was ended by ${name}` : `${launcher} ended with exit code ${code}`;
}

function givenUp({ hint }: RestartingRun, how: string, restarts: number): EnvironmentError {
  const after = restarts === 0 ? '' : `, after ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`;
  return new EnvironmentError(`MPI ended the job before the run was over: ${how}${after}`, { hint });
}
