/** A study as a job of Slurm's. */
import { join, posix } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import { callSlurm } from '../../launch/slurm/jobs/call.js';
import type { PreparedScript } from '../../launch/slurm/script.js';
import { scriptWithToken } from '../../launch/slurm/submit/script-with-token.js';
import {
  commentWith,
  jobsFolderOf,
  newToken,
  type Submission,
} from '../../launch/slurm/submit/submission.js';
import { submitOnce } from '../../launch/slurm/submit/submit.js';
import { listenForStop } from '../../process/signals.js';
import type { Study } from '../../study/study.js';
import { type Arguments, textOption } from '../command.js';
import type { CommandContext } from '../context.js';
import { scriptFor } from '../slurm-script.js';
import type { JobDesk } from '../submissions.js';
import { placeOn, sendStudy } from './place.js';
import { madeNow, type PreparedRun, privateMode, submitClaimed } from './way.js';

export async function prepareForSlurm(
  desk: JobDesk,
  study: Study,
  args: Arguments,
  context: CommandContext,
): Promise<PreparedRun> {
  const { host } = desk;
  const place = host.isLocal ? undefined : await placeOn(desk, study, args, context);
  const prepared = await scriptFor(study, args, context, { ...place, host });
  const program = place?.program ?? context.self;
  return {
    runDir: prepared.runDir,
    submitNew: async (number) => {
      const sources = await desk.sources();
      const { submission, text } = submissionOf(desk, { ...prepared, study, program }, args, context);
      await refuseEarly(desk, text, context);
      const before = async (): Promise<void> => {
        if (!host.isLocal) await sendStudy(desk, prepared.runDir, args, context);
        await host.writeFile(submission.script, text, privateMode);
      };
      return submitClaimed(desk, number, submission, before, async (keep) => {
        const signals = listenForStop();
        try {
          const onNotice = (message: string): void => void context.stderr.write(`note: ${message}\n`);
          await submitOnce({ host, sources, submission, keep, onNotice, stop: signals.stop });
        } finally {
          signals.close();
        }
      });
    },
  };
}

interface Prepared extends PreparedScript {
  readonly study: Study;
  readonly program: readonly string[];
}

function submissionOf(
  { host }: JobDesk,
  { study, studyPath, program, text, job, shape, site, runDir, shardsDir }: Prepared,
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
    ...{ ...madeNow(), token, host: host.name, site, name: study.name, jobName: job.jobName ?? study.name },
    ...{ cases: study.cases.count, runDir, script: join(folder, `${token}.sh`), output, program },
    workDir: host.isLocal ? cwd : posix.dirname(studyPath),
    ...(job.comment === undefined ? {} : { comment: job.comment }),
    ...(shape.kind === 'array' ? { shards: { tasks: shape.tasks, folder: shardsDir ?? '' } } : {}),
  };
  return { submission, text: scriptWithToken(text, commentWith(submission), isDefault ? output : undefined) };
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
