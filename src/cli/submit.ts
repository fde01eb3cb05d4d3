import { basename, dirname, join, posix, relative, resolve } from 'node:path';
import { InputError } from '../errors/input-error.js';
import { bundleModule } from '../kernels/bundle.js';
import { remoteShoal } from '../launch/remote/setup/remote-shoal.js';
import type { SshHost } from '../launch/remote/ssh-host.js';
import { sendFiles } from '../launch/remote/stage/send.js';
import { callSlurm } from '../launch/slurm/jobs/call.js';
import type { PreparedScript } from '../launch/slurm/script.js';
import { loadSite } from '../launch/slurm/site-files.js';
import type { Followed } from '../launch/slurm/submit/follow.js';
import { scriptWithToken } from '../launch/slurm/submit/script-with-token.js';
import { studyFiles } from '../launch/slurm/submit/study-files.js';
import { jobsFolderOf, newToken, type Submission } from '../launch/slurm/submit/submission.js';
import { submitOnce } from '../launch/slurm/submit/submit.js';
import { formatBytes, plural } from '../observe/figures.js';
import { thisProcess } from '../process/identity.js';
import { shellWord } from '../process/shell-word.js';
import { listenForStop } from '../process/signals.js';
import { loadStudy } from '../study/load.js';
import type { Study } from '../study/study.js';
import { filesOfStudy } from '../study/study-files.js';
import { type Arguments, type Command, hasFlag, positional, textOption } from './command.js';
import type { CommandContext } from './context.js';
import { jobFacts } from './job-facts.js';
import { shownPath } from './paths.js';
import { slurmOptions } from './slurm-options.js';
import { type Elsewhere, scriptFor } from './slurm-script.js';
import { hostOption, type JobDesk, withDesk } from './submissions.js';

export const submitCommand: Command = {
  name: 'submit',
  describe:
    'Submits a study as a Slurm job: the script that slurm prints. One job computes a run at a time; the same command ' +
    'again, when it has ended, goes on with the run.',
  positionals: { STUDY: 'File of the study: YAML, JSON, or a TypeScript or JavaScript module.' },
  options: {
    ...hostOption,
    ...slurmOptions,
    json: { describe: 'The job as one JSON document.', isFlag: true },
  },
  notes: [
    'The script, what the job prints and what is known of the submission lie in RUN_DIR/jobs.',
    'jobs lists what was submitted; logs, watch and cancel take the number of a job or its run directory.',
  ],
  handle: (args, context) =>
    withDesk(args, context, async (desk) => {
      const elsewhere = desk.host.isLocal ? undefined : await placeOn(desk, args, context);
      const prepared = await scriptFor(args, context, elsewhere);
      const before = await standing(desk, prepared.runDir);
      if (before && !isFound(before)) throw alreadyThere(before, context);
      const followed =
        before ??
        (await submitNew(desk, { ...prepared, program: elsewhere?.program ?? context.self }, args, context));
      await tell(desk, followed, before !== undefined, args, context);
      return 0;
    }),
};

/** Where a study and its run lie on a host, and what computes it there; nothing is sent yet. */
async function placeOn(
  { host }: JobDesk,
  args: Arguments,
  { environment, cwd, solvers }: CommandContext,
): Promise<Required<Pick<Elsewhere, 'studyPath' | 'runDir' | 'program'>>> {
  const path = resolve(cwd, positional(args, 'STUDY'));
  const { name, slurm } = await loadStudy(path, { solvers, bundle: bundleModule });
  const site = loadSite(textOption(args, 'site') ?? slurm?.site, environment, cwd);
  const program = site.program ?? (await remoteShoal(host));
  const home = (await host.run(['sh', '-c', 'printf %s "$HOME"'])).stdout;
  const runDir = posix.resolve(home, textOption(args, 'run-dir') ?? posix.join('shoal-runs', name));
  return { studyPath: posix.join(studyFolder(runDir), basename(path)), runDir, program };
}

/** Folder of the study file on a host, beside the run directory. */
function studyFolder(runDir: string): string {
  return `${runDir}-study`;
}

/** A submission of this run whose job is not over, or of which that is not known. */
async function standing(desk: JobDesk, runDir: string): Promise<Standing | undefined> {
  const open = desk
    .submissionsOf(runDir)
    .filter(
      ({ state, end }) => end === undefined && (state.kind === 'prepared' || state.kind === 'submitted'),
    );
  if (open.length === 0) return undefined;
  const followed = await desk.follow(open);
  const found = followed.find(({ phase, state }) => phase !== 'ended' && state !== 'forgotten');
  return (
    found && {
      ...found,
      wasPrepared: open.some(
        (each) => each.token === found.submission.token && each.state.kind === 'prepared',
      ),
    }
  );
}

interface Standing extends Followed {
  readonly wasPrepared: boolean;
}

/** An earlier submit was cut off behind sbatch: its job is the one that was wished for. */
function isFound({ wasPrepared, jobId }: Standing): boolean {
  return wasPrepared && jobId !== undefined;
}

function alreadyThere(
  { jobId, account, submission }: Standing,
  { program, cwd }: CommandContext,
): InputError {
  const run = shellWord(shownPath(submission.runDir, cwd));
  return new InputError(
    jobId === undefined ? 'this run is being submitted already' : `job ${jobId} computes this run already`,
    {
      file: submission.runDir,
      given: `a job that ${account.words}`,
      hint: `${program} cancel ${run} ends it; --run-dir names another run`,
    },
  );
}

interface Prepared extends PreparedScript {
  readonly study: Study;
  readonly program: readonly string[];
}

/** What is there already stays. */
async function send(
  { host }: JobDesk,
  { runDir }: Prepared,
  args: Arguments,
  { cwd, stderr }: CommandContext,
): Promise<void> {
  const path = resolve(cwd, positional(args, 'STUDY'));
  const folder = dirname(path);
  const { root, files } = filesOfStudy(path);
  for (const file of files.map((name) => relative(folder, join(root, name)))) {
    if (file.startsWith('../'))
      stderr.write(`note: ${file} lies outside the study's folder and is not sent\n`);
  }
  const sent = await sendFiles(host as SshHost, folder, studyFiles(folder), studyFolder(runDir));
  stderr.write(
    `note: ${plural(sent.sent.length, 'file')} sent to ${host.name}, ${formatBytes(sent.sentBytes)}\n`,
  );
}

async function submitNew(
  desk: JobDesk,
  prepared: Prepared,
  args: Arguments,
  context: CommandContext,
): Promise<Followed> {
  const { host, state } = desk;
  const sources = await desk.sources();
  const made = submissionOf(desk, prepared, args, context);
  const { submission, text } = made;
  await refuseEarly(desk, text, context);
  if (!host.isLocal) await send(desk, prepared, args, context);
  const keep = async (one: Submission): Promise<void> => {
    state.keep(one);
    await host.writeFile(
      join(jobsFolderOf(one.runDir), `${one.token}.json`),
      `${JSON.stringify(one, null, 2)}\n`,
    );
  };
  await host.writeFile(submission.script, text, 0o755);
  await keep(submission);
  const signals = listenForStop();
  try {
    const onNotice = (message: string): void => void context.stderr.write(`note: ${message}\n`);
    await submitOnce({ host, sources, submission, keep, onNotice, stop: signals.stop });
  } finally {
    signals.close();
  }
  const kept = state.submissions().find(({ token }) => token === submission.token) ?? submission;
  const [followed] = await desk.follow([kept]);
  return followed as Followed;
}

function submissionOf(
  { host }: JobDesk,
  { study, program, text, job, shape, site, runDir, shardsDir }: Prepared,
  args: Arguments,
  { cwd }: CommandContext,
): { readonly submission: Submission; readonly text: string } {
  const token = newToken();
  const folder = jobsFolderOf(runDir);
  const isAsked = textOption(args, 'output') !== undefined || study.slurm?.job.output !== undefined;
  const pattern = job.output ?? '%x-%j.out';
  const isDefault = !isAsked && (pattern === '%x-%j.out' || pattern === '%x-%A_%a.out');
  const output = isDefault ? join(folder.replaceAll('%', '%%'), pattern) : pattern;
  const submission: Submission = {
    ...{
      schemaVersion: 1,
      token,
      host: host.name,
      site,
      name: study.name,
      jobName: job.jobName ?? study.name,
    },
    ...{
      cases: study.cases.count,
      runDir,
      script: join(folder, `${token}.sh`),
      workDir: host.isLocal ? cwd : studyFolder(runDir),
      output,
    },
    program,
    ...(shape.kind === 'array' ? { shards: { tasks: shape.tasks, folder: shardsDir ?? '' } } : {}),
    ...{ created: new Date().toISOString(), by: thisProcess(), state: { kind: 'prepared' } },
  };
  return { submission, text: scriptWithToken(text, token, isDefault ? output : undefined) };
}

/** What Slurm would refuse is refused before anything is written. A controller that is silent now is asked later. */
async function refuseEarly({ host }: JobDesk, text: string, { stderr }: CommandContext): Promise<void> {
  const answer = await callSlurm(host, ['sbatch', '--test-only'], { input: text });
  if (answer.kind === 'ok') return;
  const { fault } = answer;
  switch (fault.kind) {
    case 'refused':
      throw new InputError(`sbatch refuses the job: ${fault.words}`, {
        given: fault.message,
        hint: fault.hint,
      });
    case 'transient':
      stderr.write(`note: sbatch: ${fault.message}\n`);
      return;
    // sbatch itself says more of these.
    case 'absent':
    case 'no such job':
    case 'other':
      return;
    default:
      return fault satisfies never;
  }
}

async function tell(
  { host }: JobDesk,
  followed: Followed,
  isOld: boolean,
  args: Arguments,
  { stdout, program, cwd }: CommandContext,
): Promise<void> {
  const facts = await jobFacts(host, followed);
  if (hasFlag(args, 'json')) {
    stdout.write(`${JSON.stringify({ ...facts, isFound: isOld }, null, 2)}\n`);
    return;
  }
  const { jobId, name, runDir, words } = facts;
  const where = host.isLocal ? '' : ` on ${host.name}`;
  const again = host.isLocal ? '' : ` --host ${shellWord(host.name)}`;
  const run = shellWord(shownPath(runDir, cwd));
  const found = isOld ? ', found again: an earlier submit was cut off' : '';
  stdout.write(
    `${[
      `${name}: job ${jobId}${where}${found}`,
      `  ${words}`,
      `  follow   ${program} logs ${jobId} --follow${again}`,
      host.isLocal ? `  watch    ${program} watch ${run}` : `  fetch    ${program} fetch ${jobId}${again}`,
      `  cancel   ${program} cancel ${jobId}${again}`,
    ].join('\n')}\n`,
  );
}
