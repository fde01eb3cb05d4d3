import { setTimeout as delay } from 'node:timers/promises';
import { EnvironmentError } from '../../errors/environment-error.js';
import { type SlurmJob, shownId } from '../../launch/slurm/jobs/job.js';
import { type Followed, outputOf } from '../../launch/slurm/submit/follow.js';
import type { Submission } from '../../launch/slurm/submit/submission.js';
import { listenForStop } from '../../process/signals.js';
import { type Command, hasFlag, positional } from '../command.js';
import type { CommandContext } from '../context.js';
import { hostOption, type JobDesk, jobNumber, taskNumber, withDesk } from '../submissions.js';

/** How often a growing file is looked at, and the job itself. */
const lookMs = 500;
const askMs = 5_000;

export const logsCommand: Command = {
  name: 'logs',
  describe: 'Prints what a job has printed: its script, its ranks and the programs that they started.',
  positionals: { JOB: 'Number of a job, of a task of an array (12_3), or its run directory.' },
  options: {
    ...hostOption,
    follow: {
      describe: 'Goes on with what comes, until the job ends; also in the next link of a chain.',
      isFlag: true,
    },
    json: { describe: 'Where the output lies, and what it holds, as one JSON document.', isFlag: true },
  },
  handle: (args, context) =>
    withDesk(args, context, async (desk) => {
      const text = positional(args, 'JOB');
      const submission = desk.chosen(text, context.cwd);
      const log = new JobLog(desk, submission, taskNumber(text), context);
      if (hasFlag(args, 'json')) {
        const files = await log.whole();
        context.stdout.write(`${JSON.stringify(files, null, 2)}\n`);
        return 0;
      }
      if (hasFlag(args, 'follow')) return await log.follow();
      const [followed] = await desk.follow([submission]);
      const shown = await log.print(followed);
      if (!shown) {
        throw new EnvironmentError(`job ${jobNumber(text) ?? submission.runDir} has printed nothing yet`, {
          hint: followed ? `It ${followed.account.words}` : '',
        });
      }
      return 0;
    }),
};

interface OutputFile {
  readonly jobId: string;
  readonly path: string;
}

/** The files that a submission's jobs print to, and how much of each has been shown. */
class JobLog {
  readonly #desk: JobDesk;
  readonly #submission: Submission;
  readonly #task: number | undefined;
  readonly #context: CommandContext;
  readonly #shown = new Map<string, number>();
  #last: string | undefined;

  constructor(desk: JobDesk, submission: Submission, task: number | undefined, context: CommandContext) {
    this.#desk = desk;
    this.#submission = submission;
    this.#task = task;
    this.#context = context;
  }

  /** Whether there was anything. */
  async print(followed: Followed | undefined): Promise<boolean> {
    let isAny = false;
    const files = this.#files(followed);
    for (const file of files) {
      const from = this.#shown.get(file.path) ?? 0;
      const bytes = await this.#desk.host.readFile(file.path, from);
      if (!bytes || bytes.byteLength === 0) continue;
      isAny = true;
      if (files.length > 1 && this.#last !== file.path)
        this.#context.stdout.write(`==> job ${file.jobId} <==\n`);
      this.#last = file.path;
      this.#shown.set(file.path, from + bytes.byteLength);
      await new Promise<void>((resolve) => this.#context.stdout.write(bytes, resolve));
    }
    return isAny;
  }

  /** Until the job is over and all that it printed is shown. */
  async follow(): Promise<number> {
    const signals = listenForStop();
    try {
      let followed: Followed | undefined;
      let askedMs = Number.NEGATIVE_INFINITY;
      let waited = '';
      while (!signals.stop.aborted) {
        const isDue = Date.now() - askedMs >= askMs;
        if (isDue) {
          [followed] = await this.#desk.follow([this.#submission]);
          askedMs = Date.now();
        }
        // Of a job that Slurm has forgotten nothing more will come.
        const isEnd = followed?.phase === 'ended' || followed?.state === 'forgotten';
        const isOver = isEnd && isDue;
        const words = followed?.phase === 'waiting' ? followed.account.words : '';
        if (words !== '' && words !== waited) this.#context.stderr.write(`note: the job ${words}\n`);
        waited = words;
        const isAny = await this.print(followed);
        if (isOver && !isAny) {
          this.#context.stderr.write(`note: ${endWords(followed)}\n`);
          return 0;
        }
        if (isEnd) askedMs = Number.NEGATIVE_INFINITY;
        await delay(lookMs, undefined, { signal: signals.stop }).catch(() => {});
      }
      return 0;
    } finally {
      signals.close();
    }
  }

  async whole(): Promise<readonly (OutputFile & { readonly text: string | null })[]> {
    const [followed] = await this.#desk.follow([this.#submission]);
    const files = [];
    for (const file of this.#files(followed)) {
      const bytes = await this.#desk.host.readFile(file.path);
      files.push({ ...file, text: bytes ? new TextDecoder().decode(bytes) : null });
    }
    return files;
  }

  #files(followed: Followed | undefined): readonly OutputFile[] {
    if (!followed) return [];
    const jobs = followed.jobs.length > 0 ? followed.jobs.flatMap(startedTasks) : this.#forgotten(followed);
    return jobs
      .filter(({ tasks }) => this.#task === undefined || tasks?.ranges[0]?.first === this.#task)
      .flatMap((job) => {
        const path = outputOf(this.#submission, job);
        return path === undefined ? [] : [{ jobId: shownId(job), path }];
      });
  }

  /** What the file names are made of is known even when Slurm has forgotten the job. */
  #forgotten({ jobId, submission }: Followed): readonly SlurmJob[] {
    if (jobId === undefined) return [];
    const job = {
      jobId,
      name: submission.jobName,
      state: { name: '', code: '', words: '', phase: 'ended', isBad: false },
    } as const;
    const count = submission.shards?.tasks;
    if (count === undefined) return [job];
    return Array.from({ length: count }, (_, i) => ({
      ...job,
      tasks: { ranges: [{ first: i + 1, last: i + 1, step: 1 }], isCut: false },
    }));
  }
}

function endWords(followed: Followed | undefined): string {
  const words = followed?.account.words ?? '';
  return followed?.state === 'forgotten' ? `${words}, nor how it ended` : `the job ${words}`;
}

/** Tasks that still wait stand together in one, and have printed nothing. */
function startedTasks(job: SlurmJob): readonly SlurmJob[] {
  const [only] = job.tasks?.ranges ?? [];
  const isOne = !only || (job.tasks?.ranges.length === 1 && only.first === only.last);
  return isOne ? [job] : [];
}
