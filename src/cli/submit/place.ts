/** Where a study and its run lie on a host, and how they come there. */
import { basename, dirname, join, posix, relative, resolve } from 'node:path';
import { bundleModule } from '../../kernels/bundle.js';
import { remoteShoal } from '../../launch/remote/setup/remote-shoal.js';
import type { SshHost } from '../../launch/remote/ssh-host.js';
import { sendFiles } from '../../launch/remote/stage/send.js';
import type { Site } from '../../launch/slurm/site.js';
import { loadSite } from '../../launch/slurm/site-files.js';
import { studyFiles } from '../../launch/slurm/submit/study-files.js';
import { formatBytes, plural } from '../../observe/figures.js';
import { loadStudy } from '../../study/load.js';
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
  args: Arguments,
  { environment, cwd, solvers }: CommandContext,
): Promise<RemotePlace> {
  const path = resolve(cwd, positional(args, 'STUDY'));
  const study = await loadStudy(path, { solvers, bundle: bundleModule });
  const site = loadSite(textOption(args, 'site') ?? study.slurm?.site, environment, cwd);
  const program = site.program ?? (await remoteShoal(host));
  const home = (await host.run(['sh', '-c', 'printf %s "$HOME"'])).stdout;
  const runDir = posix.resolve(home, textOption(args, 'run-dir') ?? posix.join('shoal-runs', study.name));
  return { study, site, studyPath: posix.join(studyFolder(runDir), basename(path)), runDir, program };
}

/** Folder of the study file on a host, beside the run directory. */
export function studyFolder(runDir: string): string {
  return `${runDir}-study`;
}

/** What is there already stays. */
export async function sendStudy(
  { host }: JobDesk,
  runDir: string,
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
