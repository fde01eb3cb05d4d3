/** The shoal of a host: always the version that we are ourselves. */
import { HostError } from '../../../errors/host-error.js';
import type { Host } from '../host.js';
import { installedBuild } from './package-files.js';
import { shareFolder } from './probe.js';

/**
 * Program and arguments that start it there. Asked at each contact: a host that has another version, or none, is a
 * HostError that says how to set it up.
 */
export async function remoteShoal(host: Host, build = installedBuild()): Promise<readonly string[]> {
  const script = `cd "$HOME/${shareFolder}" 2>/dev/null || exit 0
[ -x ${build}/shoal ] && printf '=%s\\n' "$PWD/${build}/shoal"; ls`;
  const { stdout } = await host.run(['sh', '-c', script]);
  const lines = stdout.split('\n').filter(Boolean);
  const found = lines.find((line) => line.startsWith('='));
  if (found) return [found.slice(1)];
  const others = lines.filter((name) => !name.startsWith('node-'));
  throw new HostError(
    host.name,
    'unusable',
    others.length > 0
      ? `${host.name} has another shoal (${others.join(', ')}) than this machine (${build})`
      : `${host.name} has no shoal`,
    { hint: `Put this version there: shoal remote setup ${host.name}` },
  );
}
