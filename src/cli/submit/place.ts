/** Where a study and its run lie on a host, and how they come there. */
import { dirname, join, posix, relative, resolve } from 'node:path';
import { remoteShoal } from '../../launch/remote/setup/remote-shoal.js';
import type { SshHost } from '../../launch/remote/ssh-host.js';
import { sendFiles } from '../../launch/remote/stage/send.js';
import type { Site } from '../../launch/slurm/site.js';
import { loadSite } from '../../launch/slurm/site-files.js';
import { studyFiles } from '../../launch/slurm/submit/study-files.js';
import { formatBytes, plural } from '../../observe/figures.js';
import type { Study } from '../../study/study.js';
import { filesOfStudy } from '../../study/study-files.js';
import { type Arguments, positional, textOption } from '../command.js';
import type { CommandContext } from '../context.js';
import type { JobDesk } from '../submissions.js';

export interface RemotePlace {
  readonly study: Study;
  readonly site: Site;
  /** Absolute paths on the host. */
  readonly studyPath: string;
  readonly runDir: string;
  /** Program and arguments that start shoal there. */
  readonly program: readonly string[];
}

/** Nothing is sent yet. */
export async function placeOn(
  { host }: JobDesk,
  study: Study,
  args: Arguments,
  { environment, cwd }: CommandContext,
): Promise<RemotePlace> {
  const path = resolve(cwd, positional(args, 'STUDY'));
  const site = loadSite(textOption(args, 'site') ?? study.slurm?.site, environment, cwd);
  const program = site.program ?? (await remoteShoal(host));
  const home = (await host.run(['sh', '-c', 'printf %s "$HOME"'])).stdout;
  const runDir = posix.resolve(home, textOption(args, 'run-dir') ?? posix.join('shoal-runs', study.name));
  const studyPath = posix.join(studyFolder(runDir), filesOfStudy(path).study);
  return { study, site, studyPath, runDir, program };
}

/** Folder on a host for the files of a study, beside the run directory. */
function studyFolder(runDir: string): string {
  return `${runDir}-study`;
}

/**
 * All files beside and below the study file, and those elsewhere that it names, each where the study finds it. What is
 * there already stays.
 */
export async function sendStudy(
  { host }: JobDesk,
  runDir: string,
  args: Arguments,
  { cwd, stderr }: CommandContext,
): Promise<void> {
  const path = resolve(cwd, positional(args, 'STUDY'));
  const folder = dirname(path);
  const { root, files } = filesOfStudy(path);
  const beside = studyFiles(folder).map((name) => relative(root, join(folder, name)));
  const all = [...new Set([...beside, ...files])].sort();
  const sent = await sendFiles(host as SshHost, root, all, studyFolder(runDir));
  stderr.write(
    `note: ${plural(sent.sent.length, 'file')} sent to ${host.name}, ${formatBytes(sent.sentBytes)}\n`,
  );
}
