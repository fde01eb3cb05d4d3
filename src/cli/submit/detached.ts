/** A study as a run that starts by itself on a host without Slurm. */
import { join, posix } from 'node:path';
import { detachedScript, unusedSettings } from '../../launch/detached/script.js';
import { startDetached } from '../../launch/remote/detached.js';
import type { SshHost } from '../../launch/remote/ssh-host.js';
import { jobsFolderOf, newToken, type Submission, shortToken } from '../../launch/slurm/submit/submission.js';
import type { Study } from '../../study/study.js';
import type { Arguments } from '../command.js';
import type { CommandContext } from '../context.js';
import { passedOnWords, readSlurmSettings } from '../options/slurm-options.js';
import { checkRunOptions, madeBy } from '../slurm-script.js';
import type { JobDesk } from '../submissions.js';
import { placeOn, sendStudy } from './place.js';
import { madeNow, type PreparedRun, privateMode, submitClaimed } from './way.js';

export async function prepareDetached(
  desk: JobDesk,
  study: Study,
  args: Arguments,
  context: CommandContext,
): Promise<PreparedRun> {
  const host = desk.host as SshHost;
  const settings = readSlurmSettings(args);
  checkRunOptions(args);
  const place = await placeOn(desk, study, args, context);
  const { site, runDir } = place;
  const token = newToken();
  const folder = jobsFolderOf(runDir);
  const script = join(folder, `${token}.sh`);
  const output = join(folder, `${study.name}-${shortToken(token)}.out`);
  const text = detachedScript({
    ...{ ...place, settings, output, runOptions: passedOnWords(args), made: madeBy(context) },
  });
  const unused = unusedSettings(study);
  if (unused.length > 0) {
    context.stderr.write(`note: the study's section slurm is not for ${host.name}: ${unused.join(', ')}\n`);
  }
  return {
    runDir,
    submitNew: (number) => {
      const submission: Submission = {
        ...{ ...madeNow(), token, host: host.name, site: site.name, scheduler: 'none' },
        ...{ name: study.name, jobName: settings.job.jobName ?? study.name, cases: study.cases.count },
        ...{ runDir, script, workDir: posix.dirname(place.studyPath), program: place.program },
        // A pattern, as sbatch has them.
        output: output.replaceAll('%', '%%'),
      };
      const before = async (): Promise<void> => {
        await sendStudy(desk, runDir, args, context);
        await host.writeFile(script, text, privateMode);
      };
      return submitClaimed(desk, number, submission, before, async (keep) => {
        await startDetached(host, token, ['bash', script], { cwd: submission.workDir });
        const at = new Date().toISOString();
        await keep({ ...submission, state: { kind: 'submitted', jobId: shortToken(token), at } });
      });
    },
  };
}
