/** Options that `run` and `resume` share. */
import { InputError } from '../../errors/input-error.js';
import { type HostSlots, parseHosts, slotCount } from '../../launch/hosts/hosts.js';
import { defaultRestarts } from '../../launch/mpirun/restarts.js';
import { availableCores } from '../../process/node/cores.js';
import { roomForWorkers } from '../../process/node/worker-count.js';
import type { Place, RunRequest } from '../../runtime/api.js';
import { type Study, strategies } from '../../study/study.js';
import {
  type Arguments,
  choiceOption,
  countOption,
  durationOption,
  hasFlag,
  type Option,
  shownName,
  textOption,
} from '../command.js';
import { executionOptions, readExecutionOptions } from './execution-options.js';
import { type ProgressOptions, progressOptions, readProgressOptions } from './progress-options.js';

const launcherNames = ['local', 'mpirun', 'srun'] as const;

type LauncherName = (typeof launcherNames)[number];

export const runOptions = {
  ranks: {
    describe:
      'Processes that take part, the one that coordinates included; by default one for each core, fewer where the ' +
      'memory that each may use does not suffice for them.',
    value: 'N',
  },
  launcher: {
    describe:
      'What starts the processes: local (the default; needs no MPI), mpirun (of Open MPI or MPICH) or srun (of Slurm). ' +
      'Under mpirun, mpiexec or srun itself it is not needed.',
    value: 'NAME',
  },
  host: {
    describe:
      'Hosts that compute, reached by ssh, each with its number of processes where that is not 1: node1,node2:4. They run ' +
      'this program from the same folder. By mpirun, or without MPI over ssh itself (--launcher local).',
    value: 'HOSTS',
  },
  restarts: {
    describe:
      'With --launcher mpirun or srun: how often in a row the ranks are started again when MPI has ended the job and the run ' +
      `has come no further since the last time; ${defaultRestarts} by default.`,
    value: 'N',
  },
  strategy: {
    describe: `How cases are handed out, instead of what the study says: ${strategies.join(', ')}.`,
    value: 'NAME',
  },
  chunk: {
    describe: 'Cases handed out at once, instead of what the study says; auto finds it at run time.',
    value: 'N',
  },
  coordinators: {
    describe:
      'Ranks that coordinate others and speak to rank 0 for them, in an MPI job: a number, none, or auto (the default: ' +
      'one or more a node from some thousands of ranks on).',
    value: 'N',
  },
  limit: { describe: 'Only the first N cases; the same run goes on without it later.', value: 'N' },
  'time-limit': {
    describe:
      'Time that this session may take: no case starts that cannot end in it, and resume goes on. By default until the ' +
      'end of the Slurm job, where there is one; none for no limit.',
    value: 'TIME',
  },
  verify: {
    describe: 'Computes N random cases again at the end, one after the other, and compares every bit.',
    value: 'N',
  },
  ...executionOptions,
  ...progressOptions,
  json: { describe: 'The summary as one JSON document.', isFlag: true },
} as const satisfies Readonly<Record<string, Option>>;

export const runNotes = [
  'A variable stands for each option that takes a value and is not given: SHOAL_RANKS for --ranks, ' +
    'SHOAL_MEMORY_LIMIT for --memory-limit.',
  'SHOAL_MPIRUN names the mpirun or mpiexec to use, SHOAL_LIBMPI the MPI library; without them they are found ' +
    'on PATH and beside each other.',
] as const;

export interface RunOptions {
  readonly ranks: number;
  /** Nobody said how many ranks: as many as this machine has cores for, or memory. */
  readonly isRanksFound: boolean;
  /** What starts the processes: `any`: mpirun where there is one, to bring up those of the hosts. */
  readonly launcher: LauncherName | 'any';
  /** Empty for this machine, or for what the launcher finds. */
  readonly hosts: readonly HostSlots[];
  readonly restarts: number;
  readonly progress: ProgressOptions;
  readonly isJson: boolean;
  readonly request: Pick<
    RunRequest,
    'strategy' | 'chunk' | 'coordinators' | 'limit' | 'verify' | 'execution' | 'timeLimitMs'
  >;
}

/** Throws InputError for values that cannot be used, and for those that contradict the launcher we run under. */
export function readRunOptions(args: Arguments, place: Place): RunOptions {
  const launcher = choiceOption(args, 'launcher', launcherNames);
  const strategy = choiceOption(args, 'strategy', strategies);
  const limit = countOption(args, 'limit', 1);
  const verify = countOption(args, 'verify', 1);
  const timeLimitMs = durationOption(args, 'time-limit');
  const chunk = chunkOption(args);
  const hosts = hostsOption(args);
  const ranks = ranksOf(args, place, hosts);
  const starter = starterOf(launcher, place, hosts);
  const coordinators = coordinatorsOption(args, ranks, starter !== 'local' || place.kind === 'rank');
  return {
    ranks,
    isRanksFound: place.kind === 'alone' && args.ranks === undefined && hosts.length === 0,
    launcher: starter,
    hosts: place.kind === 'rank' ? [] : hosts,
    restarts: restartsOf(args, starter, place),
    progress: readProgressOptions(args),
    isJson: hasFlag(args, 'json'),
    request: {
      execution: readExecutionOptions(args),
      ...(strategy === undefined ? {} : { strategy }),
      ...(chunk === undefined ? {} : { chunk }),
      ...(coordinators === undefined ? {} : { coordinators }),
      ...(limit === undefined ? {} : { limit }),
      ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
      ...(verify === undefined ? {} : { verify }),
    },
  };
}

export function chunkOption(args: Arguments): number | 'auto' | undefined {
  const text = textOption(args, 'chunk');
  if (text === undefined || text === 'auto') return text;
  return countOption(args, 'chunk', 1);
}

function coordinatorsOption(args: Arguments, ranks: number, isOverMpi: boolean): number | 'auto' | undefined {
  const text = textOption(args, 'coordinators');
  if (text === undefined || text === 'auto') return text;
  if (text === 'none') return 0;
  const count = countOption(args, 'coordinators', 1) as number;
  if (!isOverMpi) {
    throw new InputError('--coordinators needs the ranks of an MPI job', {
      expected: '--launcher mpirun, or this command under mpirun, mpiexec or srun',
      given: `--coordinators ${text} with local processes`,
    });
  }
  if (count < ranks) return count;
  throw new InputError(`${shownName(args, 'coordinators')} cannot be used`, {
    expected: `auto, none, or less than the ${ranks} ranks, of which rank 0 is not one`,
    given: text,
  });
}

function hostsOption(args: Arguments): readonly HostSlots[] {
  const text = textOption(args, 'host');
  return text === undefined ? [] : parseHosts(text);
}

function ranksOf(args: Arguments, place: Place, hosts: readonly HostSlots[]): number {
  const asked = countOption(args, 'ranks', 1);
  if (place.kind === 'alone') return asked ?? (hosts.length > 0 ? slotCount(hosts) : availableCores());
  if (asked !== undefined && asked !== place.size) {
    throw new InputError('--ranks contradicts the launcher', {
      expected: `${place.size}, which is what ${place.launcher} started`,
      given: String(asked),
    });
  }
  return place.size;
}

/** Ranks for this study: as many as were asked for, else no more than the memory has room for. */
export function ranksFor({ ranks, isRanksFound, request }: RunOptions, { execution }: Study): number {
  const limit = request.execution?.memoryLimitBytes ?? execution.memoryLimitBytes;
  return isRanksFound ? roomForWorkers(limit, ranks) : ranks;
}

/** Whoever starts the ranks can start them again. */
function restartsOf(args: Arguments, starter: RunOptions['launcher'], place: Place): number {
  const restarts = countOption(args, 'restarts', 0);
  // A rank has its parent's arguments, which starts it again.
  const isChild = args.launcher !== undefined || args.host !== undefined;
  if (args.restarts !== undefined && starter === 'local' && !(place.kind === 'rank' && isChild)) {
    throw new InputError('--restarts needs --launcher mpirun or srun', {
      expected: 'ranks that this command starts, and can start again',
      given: `--restarts ${args.restarts}`,
    });
  }
  return restarts ?? defaultRestarts;
}

/** The options as words of a command line that says the same. */
export function runOptionWords(args: Arguments): readonly string[] {
  return Object.keys(runOptions).flatMap((name) => {
    const value = args[name];
    if (value === undefined || value === false) return [];
    return [value === true ? `--${name}` : `--${name}=${value}`];
  });
}

/** A rank has been started already, and its parent's arguments are its own. */
function starterOf(
  launcher: LauncherName | undefined,
  place: Place,
  hosts: readonly HostSlots[],
): RunOptions['launcher'] {
  if (place.kind === 'alone') return launcher ?? (hosts.length > 0 ? 'any' : 'local');
  if (launcher === 'local') {
    throw new InputError('--launcher local contradicts the launcher', {
      expected: `no --launcher under ${place.launcher}`,
      given: 'local',
    });
  }
  return 'local';
}
