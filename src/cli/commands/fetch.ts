import { join, resolve } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import type { SshHost } from '../../launch/remote/ssh-host.js';
import { fetchFolder } from '../../launch/remote/stage/fetch.js';
import { formatBytes, plural } from '../../observe/figures.js';
import { readManifest } from '../../store/manifest.js';
import { type Command, hasFlag, positional, textOption } from '../command.js';
import { jobFacts } from '../job-facts.js';
import { shownPath } from '../paths.js';
import { hostOption, withDesk } from '../submissions.js';

export const fetchCommand: Command = {
  name: 'fetch',
  describe:
    'Brings the run directory of a submitted study here, only what has changed; also while the job runs. Of a local ' +
    'job it says where the results lie.',
  positionals: { JOB: 'Number of a job, or its run directory on the host.' },
  options: {
    ...hostOption,
    to: { describe: 'Folder that it comes to; runs/NAME by default.', value: 'DIR' },
    json: { describe: 'As one JSON document.', isFlag: true },
  },
  handle: (args, context) =>
    withDesk(args, context, async (desk) => {
      const submission = desk.chosen(positional(args, 'JOB'), context.cwd);
      const { host } = desk;
      const to = resolve(context.cwd, textOption(args, 'to') ?? join('runs', submission.name));
      if (host.isLocal && args.to !== undefined) {
        throw new InputError('--to belongs to --host', {
          expected: `the run directory where it is: ${submission.runDir}`,
        });
      }
      const path = host.isLocal ? submission.runDir : to;
      const fetched = host.isLocal
        ? undefined
        : await fetchFolder(host as SshHost, submission.runDir, checked(to, submission.runDir), {
            isAppendOnly,
          });
      const [followed] = await desk.follow([submission]);
      const job = followed && (await jobFacts(host, followed));
      if (hasFlag(args, 'json')) {
        context.stdout.write(`${JSON.stringify({ runDir: path, fetched, job }, null, 2)}\n`);
        return 0;
      }
      const done = job?.run ? `${job.run.done} of ${plural(job.run.cases, 'case')} done` : 'no case done yet';
      const brought = fetched
        ? `: ${plural(fetched.changed.length, 'file')} fetched, ${formatBytes(fetched.bytes)}`
        : ': results are in place already';
      context.stdout.write(
        `${shownPath(path, context.cwd)}${brought}\n  ${done}; the job ${job?.words ?? 'is not known'}\n`,
      );
      return 0;
    }),
};

/** Segments of the journal, and what jobs print. */
function isAppendOnly(path: string): boolean {
  return /^journal\/|^jobs\/.*\.out$|^log\.jsonl$/.test(path);
}

/** A folder may take what an earlier fetch of the same run brought, and nothing else. */
function checked(to: string, from: string): string {
  const manifest = readManifest(to);
  if (manifest && manifest.source.path !== '' && !isSameRun(manifest.source.path, from)) {
    throw new InputError('the folder holds another run', {
      file: to,
      expected: 'a new folder, or one that was fetched before',
      hint: '--to names another',
    });
  }
  return to;
}

/** A run that was computed here has its study file here; one of a host has it in the host's folder of the run. */
function isSameRun(studyPath: string, runDir: string): boolean {
  return studyPath.startsWith(`${runDir}-study/`);
}
