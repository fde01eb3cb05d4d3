/** What the commands about submitted jobs share: the host, its submissions, and the one that the user means. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { HostError } from '../errors/host-error.js';
import { InputError } from '../errors/input-error.js';
import { followDetached } from '../launch/detached/follow.js';
import type { Host } from '../launch/remote/host.js';
import { openHost } from '../launch/remote/open-host.js';
import { findSources, type JobSources, noSlurm } from '../launch/slurm/jobs/sources.js';
import { type Followed, follow } from '../launch/slurm/submit/follow.js';
import { StateFolder } from '../launch/slurm/submit/state-folder.js';
import {
  jobsFolderOf,
  parseSubmission,
  type Submission,
  shortToken,
} from '../launch/slurm/submit/submission.js';
import { type Arguments, type Option, textOption } from './command.js';
import type { CommandContext } from './context.js';
import { sshKindFor, sshOption } from './options/ssh-option.js';

export const hostOption = {
  host: { describe: 'On this host, through SSH: user@host, or a name of ~/.ssh/config.', value: 'HOST' },
  ...sshOption,
} as const satisfies Readonly<Record<string, Option>>;

const localName = 'localhost';

/** A host and what is known of its jobs. */
export class JobDesk {
  readonly host: Host;
  readonly state: StateFolder;
  #sources: JobSources | undefined;

  constructor(args: Arguments, context: CommandContext) {
    const { environment } = context;
    const name = textOption(args, 'host') ?? localName;
    const transport = name === localName ? undefined : sshKindFor(name, args, context);
    this.host = openHost(name, { environment, ...(transport && { transport }) });
    this.state = new StateFolder(environment);
  }

  /** Throws EnvironmentError where there is no Slurm. */
  async sources(): Promise<JobSources> {
    if (await this.hasSlurm()) return this.#sources as JobSources;
    throw noSlurm(this.host);
  }

  async hasSlurm(): Promise<boolean> {
    this.#sources ??= await findSources(this.host, this.state);
    return this.#sources !== undefined;
  }

  /** Newest first. */
  submissions(): readonly Submission[] {
    return this.state.submissions().filter(({ host }) => host === this.host.name);
  }

  /** Of a run directory of this host, those too that another machine with the same file system has made. */
  submissionsOf(runDir: string): readonly Submission[] {
    const own = this.submissions().filter((each) => each.runDir === runDir);
    const others = this.host.isLocal
      ? submissionsIn(runDir).filter(({ token }) => !own.some((each) => each.token === token))
      : [];
    return [...own, ...others].sort((a, b) => b.created.localeCompare(a.created));
  }

  async follow(submissions: readonly Submission[]): Promise<readonly Followed[]> {
    const keep = (submission: Submission): void => this.state.keep(submission);
    const ofSlurm = submissions.filter(({ scheduler }) => scheduler === undefined);
    const followed = ofSlurm.length === 0 ? [] : await follow(this.host, await this.sources(), ofSlurm, keep);
    const detached: Followed[] = [];
    for (const submission of submissions.filter(({ scheduler }) => scheduler === 'none')) {
      detached.push(await followDetached(this.host, submission, keep));
    }
    const order = submissions.map(({ token }) => token);
    const place = ({ submission }: Followed): number => order.indexOf(submission.token);
    return [...followed, ...detached].sort((a, b) => place(a) - place(b));
  }

  /** `12`, `12_3`, a token or how it begins, or a run directory. Throws InputError where nothing of ours is meant by it. */
  chosen(text: string, cwd: string): Submission {
    const found = this.find(text, cwd);
    if (found) return found;
    const where = this.host.isLocal ? '' : ` on ${this.host.name}`;
    throw new InputError(`nothing was submitted${where} that is called ${text}`, {
      expected: 'the number of a job, or a run directory that a job computes',
      hint: 'jobs lists them',
    });
  }

  find(text: string, cwd: string): Submission | undefined {
    return (
      this.#byJob(text) ??
      (this.host.isLocal ? this.submissionsOf(resolve(cwd, text))[0] : this.#byFolder(text))
    );
  }

  /** Relative folders are meant from the home folder there, which their full paths begin with. */
  #byFolder(text: string): Submission | undefined {
    const path = posix.normalize(text.replace(/^~\//, '')).replace(/\/$/, '');
    return this.submissions().find(({ runDir }) => runDir === path || runDir.endsWith(`/${path}`));
  }

  #byJob(text: string): Submission | undefined {
    const jobId = jobNumber(text);
    return this.submissions().find(({ token, state, end }) => {
      const isJob =
        state.kind === 'submitted' && jobId !== undefined && [state.jobId, end?.jobId].includes(jobId);
      return token === text || shortToken(token) === text || isJob;
    });
  }
}

/** Of `12` and `12_3`. */
export function jobNumber(text: string): string | undefined {
  return /^(\d+)(?:_\d+)?$/.exec(text)?.[1];
}

/** Task of an array: 3 of `12_3`. */
export function taskNumber(text: string): number | undefined {
  const match = /^\d+_(\d+)$/.exec(text);
  return match ? Number(match[1]) : undefined;
}

export async function withDesk<T>(
  args: Arguments,
  context: CommandContext,
  use: (desk: JobDesk) => Promise<T>,
): Promise<T> {
  const desk = new JobDesk(args, context);
  try {
    return await use(desk);
  } catch (error) {
    throw error instanceof HostError ? withAdvice(error, desk) : error;
  } finally {
    await desk.host.close();
  }
}

/** Who has submitted something to a host that does not answer wants to know what becomes of it. */
function withAdvice(error: HostError, desk: JobDesk): HostError {
  const { host, fault, message, hint } = error;
  const isAway = fault === 'lost' || fault === 'unreachable';
  if (!isAway || desk.submissions().length === 0) return error;
  const advice = `What was submitted there goes on; the same command finds it again when ${host} answers.`;
  return new HostError(host, fault, message, {
    cause: error,
    hint: hint === undefined ? advice : `${hint} ${advice}`,
  });
}

function submissionsIn(runDir: string): readonly Submission[] {
  const folder = jobsFolderOf(runDir);
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => parseSubmission(readFileSync(join(folder, name), 'utf8')) ?? []);
  } catch {
    return [];
  }
}
