/** A study whose ranks this command starts through mpirun or srun, and starts again when MPI has ended them. */
import { subnetTowards } from '../launch/hosts/subnet.js';
import type { JobHosts, JobLauncher } from '../launch/mpirun/command-line.js';
import { chooseLauncher, findLaunchers } from '../launch/mpirun/launcher.js';
import { type RestartingEnd, runWithRestarts } from '../launch/mpirun/run-with-restarts.js';
import { chooseSrun } from '../launch/srun/launcher.js';
import { formatCount, plural } from '../observe/figures.js';
import type { StopSignals } from '../process/signals.js';
import { shellWord } from '../process/spawn/shell-word.js';
import { casesAsked } from '../runtime/cases-asked.js';
import { checkRunDirectory } from '../store/run-directory.js';
import type { CommandContext } from './context.js';
import { type RunOptions, ranksFor } from './options/run-options.js';
import { shownPath } from './paths.js';
import { terminalOf } from './reporting.js';
import type { StudyRun } from './run-study.js';

/** What starts the ranks; undefined where this process runs the study over workers of its own. */
export function jobLauncher(
  { launcher }: RunOptions,
  environment: NodeJS.ProcessEnv,
): JobLauncher | undefined {
  switch (launcher) {
    case 'local':
      return undefined;
    case 'mpirun':
      return chooseLauncher(environment);
    case 'srun':
      return chooseSrun(environment);
    case 'any':
      return findLaunchers(environment)[0];
    default:
      return launcher satisfies never;
  }
}

export async function runAsJob(
  launcher: JobLauncher,
  run: StudyRun,
  context: CommandContext,
  signals: StopSignals,
): Promise<RestartingEnd> {
  // A folder that cannot be used is refused here, before ranks start and mpirun adds a page of its own.
  const isElsewhere = run.options.hosts.length > 0 || launcher.family === 'srun';
  checkRunDirectory(run.runDir, run.study, run.shard, { isElsewhere, takeOver: run.takeOver ?? false });
  const { stderr } = context;
  const total = plural(casesAsked(run.study, undefined, run.shard).count, 'case');
  return runWithRestarts({
    launcher,
    ranks: ranksOfJob(launcher, run, context.environment),
    hosts: await jobHosts(run.options),
    runDir: run.runDir,
    program: context.self,
    first: context.argv,
    continuation: run.continuation,
    restartLimit: run.options.restarts,
    environment: context.environment,
    terminal: terminalOf(context),
    stop: signals.stop,
    abort: signals.abort,
    hint: `Everything done is kept: ${context.program} resume ${shellWord(shownPath(run.runDir, context.cwd))} goes on`,
    onRestart: ({ how, done, restart }) => {
      // In the place of the progress line that the dead rank 0 left unfinished.
      const start = stderr.isTTY ? '\r\u001b[K' : '';
      const text = `note: MPI ended the job: ${how}; ${formatCount(done)} of ${total} done. Restart ${restart} goes on`;
      stderr.write(`${start}${text}\n`);
    },
  });
}

/** A Slurm job has been given its tasks. */
function ranksOfJob(
  launcher: JobLauncher,
  { options, study }: StudyRun,
  environment: NodeJS.ProcessEnv,
): number {
  const tasks = Number(environment.SLURM_NTASKS ?? Number.NaN);
  if (launcher.family === 'srun' && options.isRanksFound && tasks >= 1) return tasks;
  return ranksFor(options, study);
}

async function jobHosts({ hosts }: RunOptions): Promise<JobHosts | undefined> {
  if (hosts.length === 0) return undefined;
  const subnets = await Promise.all(hosts.map(({ name }) => subnetTowards(name.replace(/^.*@/, ''))));
  const known = new Set(subnets);
  return { list: hosts, subnet: known.size === 1 ? subnets[0] : undefined };
}
