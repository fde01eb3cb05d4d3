/** The command line of each launcher family, as text that a test can read. */
import type { Launcher } from './launcher.js';

export interface CommandLine {
  readonly program: string;
  readonly args: readonly string[];
  /** Variables to set on top of the caller's environment. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface JobRequest {
  readonly launcher: Launcher;
  readonly ranks: number;
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
      return openmpi(request, rankEnvironment);
    case 'mpich':
      return mpich(request, rankEnvironment);
    default:
      return launcher.family satisfies never;
  }
}

/**
 * Open MPI counts cores, not hardware threads, and refuses more ranks than that, so oversubscription is always
 * allowed. It would bind each rank to a core, and with it the child in which rank 0 computes: binding is left to
 * the operating system. Only variables named by -x reach other hosts. From release 5 on a job can lose ranks and go on.
 */
function openmpi(request: JobRequest, rankEnvironment: Readonly<Record<string, string>>): CommandLine {
  const { launcher, ranks, command, isRoot } = request;
  const isFive = Number.parseInt(launcher.version, 10) >= 5;
  return {
    program: launcher.path,
    args: [
      ...['-np', String(ranks)],
      ...(isFive ? ['--with-ft', 'ulfm', '--map-by', ':OVERSUBSCRIBE'] : ['--oversubscribe']),
      ...['--bind-to', 'none'],
      ...Object.keys(rankEnvironment).flatMap((name) => ['-x', name]),
      ...command,
    ],
    environment: {
      ...rankEnvironment,
      ...(isRoot ? { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' } : {}),
    },
  };
}

/** Hydra allows any number of ranks, does not bind them, and gives every rank the caller's environment. */
function mpich(request: JobRequest, rankEnvironment: Readonly<Record<string, string>>): CommandLine {
  const { launcher, ranks, command } = request;
  return {
    program: launcher.path,
    args: ['-n', String(ranks), ...command],
    environment: rankEnvironment,
  };
}
