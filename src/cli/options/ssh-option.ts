/** What connects to a host: as the user says it, else the environment, else the site file of the host. */
import { sshKinds } from '../../launch/slurm/site.js';
import { loadSite, siteFiles } from '../../launch/slurm/site-files.js';
import type { TransportKind } from '../../ssh/pool.js';
import { parseTarget } from '../../ssh/target.js';
import { type Arguments, choiceOption, type Option, textOption } from '../command.js';
import type { CommandContext } from '../context.js';

export const sshOption = {
  ssh: {
    describe:
      'ssh2, built in; system: the ssh program, for certificates and Kerberos. As SHOAL_SSH or the site file of the ' +
      'host says it by default.',
    value: 'KIND',
  },
} as const satisfies Readonly<Record<string, Option>>;

/** Undefined where nobody says it, and where the environment does. */
export function sshKindFor(
  host: string,
  args: Arguments,
  { environment, cwd }: CommandContext,
): TransportKind | undefined {
  const asked = choiceOption(args, 'ssh', sshKinds);
  if (asked !== undefined || environment.SHOAL_SSH) return asked;
  // `remote setup` names the file of a host by the host, unless it is told another name.
  const site = textOption(args, 'site') ?? parseTarget(host).host;
  const isThere = /[/]|\.ya?ml$/.test(site) || siteFiles(environment).has(site);
  return isThere ? loadSite(site, environment, cwd).ssh : undefined;
}
