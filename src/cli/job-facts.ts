/** A followed submission as one value for scripts and tables. */
import type { Host } from '../launch/remote/host.js';
import { type Followed, outputOf } from '../launch/slurm/submit/follow.js';
import type { Submission } from '../launch/slurm/submit/submission.js';
import { type RunCounts, runCounts, shardCounts } from '../observe/run-counts.js';

export interface JobFacts {
  /** Number of the job; where a run needs none of Slurm's, how its token begins. */
  readonly jobId: string | null;
  readonly name: string;
  readonly host: string;
  readonly site: string;
  readonly runDir: string;
  readonly token: string;
  readonly submitted: string;
  readonly state: string;
  readonly phase: Followed['phase'];
  /** What the state means, with why it waits or how it ended. */
  readonly words: string;
  readonly hint?: string;
  readonly reason?: string;
  readonly elapsedMs?: number;
  readonly limitMs?: number;
  readonly nodeCount?: number;
  readonly nodes?: string;
  readonly restarts?: number;
  /** When it started, or is expected to. */
  readonly start?: string;
  readonly tasks?: Followed['tasks'];
  readonly output?: string;
  /** Absent while its run directory holds no run, or cannot be read. */
  readonly run?: RunCounts;
}

export async function jobFacts(host: Host, followed: Followed): Promise<JobFacts> {
  const { submission, jobId, jobs, state, phase, account, tasks } = followed;
  const { name, site, runDir, token, created, end } = submission;
  const job = jobs.find((each) => each.state.name === state);
  const output =
    submission.scheduler === 'none'
      ? submission.output.replaceAll('%%', '%')
      : job && jobs.length === 1
        ? outputOf(submission, job)
        : undefined;
  const run = await countsOn(host, submission);
  return defined({
    ...{ jobId: jobId ?? null, name, host: host.name, site, runDir, token, submitted: created, state, phase },
    ...{ words: account.words, hint: account.hint, reason: job?.reason, limitMs: job?.limitMs },
    ...{
      elapsedMs: job?.elapsedMs ?? end?.elapsedMs ?? followed.elapsedMs,
      nodeCount: job?.nodeCount ?? end?.nodeCount,
      nodes: job?.nodes ?? end?.nodes,
    },
    ...{ restarts: job?.restarts || end?.restarts, start: job?.start, tasks, output, run },
  });
}

async function countsOn(host: Host, submission: Submission): Promise<RunCounts | undefined> {
  const { runDir, shards, cases } = submission;
  const counts = await countsIn(host, submission, runDir);
  if (counts || !shards) return counts;
  // Before they are merged; of shards that have not begun nothing is there that could be counted.
  const begun = await countsIn(host, submission, shards.folder);
  return begun && { done: begun.done, cases };
}

async function countsIn(host: Host, { program }: Submission, path: string): Promise<RunCounts | undefined> {
  if (host.isLocal) {
    try {
      return runCounts(path) ?? shardCounts(path);
    } catch {
      // A run directory that is damaged, or of a newer version, is `status`'s to explain.
      return undefined;
    }
  }
  const { code, stdout } = await host.run([...program, 'status', '--counts', path], { timeoutMs: 60_000 });
  const match = code === 0 ? /^(\d+) (\d+)$/m.exec(stdout) : undefined;
  const counts = match && { done: Number(match[1]), cases: Number(match[2]) };
  return counts && counts.cases > 0 ? counts : undefined;
}

function defined<T extends object>(facts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
