/** What runs a study that is submitted: as the user says, else as the site does, else as the host has it. */
import { InputError } from '../../errors/input-error.js';
import { type Scheduler, schedulers } from '../../launch/slurm/site.js';
import { loadSite } from '../../launch/slurm/site-files.js';
import type { Study } from '../../study/study.js';
import { type Arguments, textOption } from '../command.js';
import type { CommandContext } from '../context.js';
import type { JobDesk } from '../submissions.js';

export { schedulers };

export async function schedulerOf(
  desk: JobDesk,
  asked: Scheduler | undefined,
  study: Study,
  args: Arguments,
  { environment, cwd, stderr, program }: CommandContext,
): Promise<Scheduler> {
  const said = asked ?? loadSite(textOption(args, 'site') ?? study.slurm?.site, environment, cwd).scheduler;
  if (said === undefined && !desk.host.isLocal && !(await desk.hasSlurm())) {
    stderr.write(
      `note: there is no Slurm on ${desk.host.name}: the run starts there at once and by itself\n`,
    );
    return 'none';
  }
  if (said === 'none' && desk.host.isLocal) {
    throw new InputError('without a scheduler, nothing is submitted on this machine', {
      expected: '--host user@host: a run that goes on there without a connection',
      hint: `${program} run computes a study here`,
    });
  }
  return said ?? 'slurm';
}
