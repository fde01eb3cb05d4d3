/** The command line of each launcher family, as text that a test can read. */
import { sshOptions } from '../../process/spawn/ssh-options.js';
import type { HostSlots } from '../hosts/hosts.js';
import { srunLine } from '../srun/command-line.js';
import type { SrunLauncher } from '../srun/launcher.js';
import type { Launcher } from './launcher.js';

/** Whatever starts the ranks of a job. */
export type JobLauncher = Launcher | SrunLauncher;

export interface JobHosts {
  readonly list: readonly HostSlots[];
  /** The network over which they reach each other, where it is known: `10.0.0.0/24`. */
  readonly subnet: string | undefined;
}

export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  /** Variables to set on top of the caller's environment. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface JobRequest {
  readonly launcher: JobLauncher;
  readonly ranks: number;
  /** Absent for this machine, or for the nodes of the Slurm job. */
  readonly hosts?: JobHosts | undefined;
  /** What each rank runs: program and arguments. */
  readonly command: readonly string[];
  readonly isRoot: boolean;
  /** The caller's environment: a library or colours that the user chose stay chosen. */
  readonly callerEnvironment: NodeJS.ProcessEnv;
  /** Variables that every rank must see, on other hosts as well. */
  readonly rankEnvironment: Readonly<Record<string, string>>;
}

/** The command line that starts `ranks` ranks of `command`. */
export function commandLine(request: JobRequest): CommandLine {
  const { launcher, callerEnvironment } = request;
  const rankEnvironment: Record<string, string> = { NO_COLOR: '1', ...request.rankEnvironment };
  const library = callerEnvironment.SHOAL_LIBMPI ?? launcher.library;
  if (library !== undefined) rankEnvironment.SHOAL_LIBMPI = library;
  switch (launcher.family) {
    case 'openmpi':
      return openmpi(launcher, request, rankEnvironment);
    case 'mpich':
      return mpich(launcher, request, rankEnvironment);
    case 'srun':
      return srunLine(launcher, request, rankEnvironment);
    default:
      return launcher satisfies never;
  }
}

/**
 * Open MPI counts cores, not hardware threads, and refuses more ranks than that, so oversubscription is always
 * allowed. It would bind each rank to a core, and with it the child in which rank 0 computes: binding is left to
 * the operating system. Only variables named by -x reach other hosts. From release 5 on a job can lose ranks and go on.
 */
function openmpi(
  launcher: Launcher,
  request: JobRequest,
  rankEnvironment: Readonly<Record<string, string>>,
): CommandLine {
  const { ranks, hosts, command, isRoot, callerEnvironment } = request;
  const isFive = Number.parseInt(launcher.version, 10) >= 5;
  return {
    program: launcher.path,
    args: [
      ...['-np', String(ranks)],
      ...(hosts ? ['--host', hostList(hosts)] : []),
      ...(isFive ? ['--with-ft', 'ulfm', '--map-by', ':OVERSUBSCRIBE'] : ['--oversubscribe']),
      ...['--bind-to', 'none'],
      ...Object.keys(rankEnvironment).flatMap((name) => ['-x', name]),
      ...command,
    ],
    environment: {
      ...rankEnvironment,
      ...(hosts && hostSettings(launcher, hosts.subnet, callerEnvironment)),
      ...(isRoot ? { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' } : {}),
    },
  };
}

/** Hydra allows any number of ranks, does not bind them, and gives every rank the caller's environment. */
function mpich(
  launcher: Launcher,
  { ranks, hosts, command, callerEnvironment }: JobRequest,
  rankEnvironment: Readonly<Record<string, string>>,
): CommandLine {
  return {
    program: launcher.path,
    args: [...(hosts ? ['-hosts', hostList(hosts)] : []), '-n', String(ranks), ...command],
    environment: {
      ...rankEnvironment,
      ...(hosts && hostSettings(launcher, hosts.subnet, callerEnvironment)),
    },
  };
}

function hostList({ list }: JobHosts): string {
  return list.map(({ name, slots }) => `${name}:${slots}`).join(',');
}

/** Variables for a launcher that goes to other hosts by ssh; what a user has set stays. */
export function hostSettings(
  { family, version }: Launcher,
  subnet: string | undefined,
  environment: NodeJS.ProcessEnv,
): Readonly<Record<string, string>> {
  const isFive = Number.parseInt(version, 10) >= 5;
  const settings: Readonly<Record<string, string>> =
    family === 'mpich' ? hydraSettings : isFive ? prrteSettings(subnet) : orteSettings(subnet);
  return Object.fromEntries(Object.entries(settings).filter(([name]) => environment[name] === undefined));
}

const sshWords = sshOptions.map((option) => `-o ${option}`).join(' ');

/**
 * Ranks are started by ssh though there may be a Slurm, whose job this is not. A host that falls silent would hold
 * mpirun for ever: both of its connections are asked for signs of life.
 */
function orteSettings(subnet: string | undefined): Readonly<Record<string, string>> {
  return {
    OMPI_MCA_plm: 'rsh',
    OMPI_MCA_plm_rsh_args: sshWords,
    OMPI_MCA_oob_tcp_keepalive_time: '5',
    OMPI_MCA_oob_tcp_keepalive_intvl: '5',
    OMPI_MCA_oob_tcp_keepalive_probes: '3',
    ...(subnet && { OMPI_MCA_oob_tcp_if_include: subnet, OMPI_MCA_btl_tcp_if_include: subnet }),
  };
}

/** The same for the launcher of Open MPI 5. */
function prrteSettings(subnet: string | undefined): Readonly<Record<string, string>> {
  return {
    PRTE_MCA_plm: 'ssh',
    PRTE_MCA_plm_ssh_args: sshWords,
    ...(subnet && { PRTE_MCA_prte_if_include: subnet, OMPI_MCA_btl_tcp_if_include: subnet }),
  };
}

const hydraSettings = { HYDRA_LAUNCHER: 'ssh', HYDRA_LAUNCHER_EXTRA_ARGS: sshWords } as const;
