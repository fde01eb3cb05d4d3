/** Whether this machine can hold a cluster of namespaces, and if not, why. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { recordSkip } from '../../skips.js';

/** Where the daemons and network tools are, which a user's PATH often leaves out. */
export const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const basics = ['ip', 'mount', 'nsenter', 'unshare', 'setpriv', 'sshd', 'ssh', 'ssh-keygen', 'nft', 'tc'];
/** Of a cluster with `hasAccounts`. */
export const accountPrograms = ['slurmdbd', 'sacctmgr', 'sacct', 'mariadbd', 'mariadb-install-db'];
const slurm = ['slurmd', 'slurmctld', 'munged', 'srun', 'sbatch'];

export interface Wanted {
  /** False for hosts with ssh alone. */
  readonly slurm?: boolean;
  /** Programs of the system beside those of the cluster itself. */
  readonly programs?: readonly string[];
}

/** True where a cluster can be started; else the reason goes to the list of what could not be checked. */
export function canHaveCluster(what: string, wanted: Wanted = {}): boolean {
  const obstacle = clusterObstacle(wanted);
  if (obstacle) recordSkip(`${what}: ${obstacle}`);
  return obstacle === undefined;
}

/** Why no cluster can be started here, or undefined. */
export function clusterObstacle(wanted: Wanted = {}): string | undefined {
  if (process.platform !== 'linux') return 'a cluster of namespaces needs Linux';
  if (process.getuid?.() !== 0) return 'only root may make a cluster of namespaces';
  const programs = [...basics, ...(wanted.slurm === false ? [] : slurm), ...(wanted.programs ?? [])];
  const missing = programs.filter((name) => !isInstalled(name));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const tried = spawnSync('unshare', ['--mount', '--pid', '--net', '--uts', '--ipc', '--fork', 'true'], {
    encoding: 'utf8',
    env: { PATH: systemPath },
  });
  if (tried.status !== 0) return `no namespaces can be made (${tried.stderr.trim()})`;
  return undefined;
}

/** True where hosts can have trees of their own for what their jobs hold of memory. */
export function canLimitMemory(): boolean {
  return existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes');
}

/** True when one of the system's own folders has this program. */
export function isInstalled(program: string): boolean {
  return systemPath.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
