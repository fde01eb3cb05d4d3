/** Where the run of a plan would be: on hosts that are named, on the nodes of a site's job, or on hosts like this one. */
import { InputError } from '../errors/input-error.js';
import { type HostSlots, parseHosts } from '../launch/hosts/hosts.js';
import { jobHosts, jobRanks } from '../launch/slurm/job-hosts.js';
import { jobOf } from '../launch/slurm/script.js';
import { loadSite } from '../launch/slurm/site-files.js';
import type { PlannedHost } from '../runtime/constraints.js';
import type { Study } from '../study/study.js';
import { type Arguments, textOption } from './command.js';
import type { CommandContext } from './context.js';

export interface PlannedPlace {
  readonly hosts?: readonly (HostSlots & PlannedHost)[] | undefined;
  /** The site that says what they are. */
  readonly site?: string;
  /** Where ranks are said, and not their nodes. */
  readonly ranks?: number | undefined;
}

/** Of `--host` and `--site`. Throws InputError for what cannot be used. */
export function placeOf(
  args: Arguments,
  study: Study,
  { environment, cwd, stderr }: Pick<CommandContext, 'environment' | 'cwd' | 'stderr'>,
): PlannedPlace {
  const hosts = textOption(args, 'host');
  const name = textOption(args, 'site');
  if (hosts !== undefined && name !== undefined) {
    throw new InputError('--host and --site both say where the run is', {
      expected: 'one of them',
      given: `--host=${hosts} --site=${name}`,
    });
  }
  if (name === undefined) return { hosts: hosts === undefined ? undefined : parseHosts(hosts) };
  const site = loadSite(name, environment, cwd);
  const { job } = jobOf({ study, site, settings: { job: {}, script: {} } });
  const nodes = jobHosts(job);
  if (!nodes) {
    stderr.write(
      `note: neither site ${site.name} nor the study says how many nodes a job has: taken to be like this host\n`,
    );
  }
  return { hosts: nodes, site: site.name, ranks: jobRanks(job) };
}
