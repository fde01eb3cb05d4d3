/** What this machine offers to shoal, what is missing, and how to get it. */
import { shortLibraryName } from '../mpi/library-name.js';
import type { Abilities } from '../process/node/abilities.js';
import { formatBytes, plural } from './figures.js';
import type { Style } from './style.js';

export interface InfoFacts {
  readonly version: string;
  readonly build: string;
  readonly node: string;
  readonly platform: string;
  /** Cores that this process may use. */
  readonly cores: number;
  readonly mpi:
    | {
        readonly path: string;
        readonly family: 'openmpi' | 'mpich' | 'mpi5';
        readonly libraryVersion: string;
        /** Why this library and no other. */
        readonly reason: string;
        /** What the library allows threads to do, or why that could not be found out. */
        readonly threadLevel: string;
        /** True when a job can be started so that it survives the loss of a rank (ULFM). */
        readonly isFaultTolerant: boolean;
      }
    | undefined;
  /** Why there is no MPI library, where something was found and could not be used. */
  readonly mpiProblem?: string;
  readonly launchers: readonly {
    readonly path: string;
    readonly family: 'openmpi' | 'mpich';
    readonly version: string;
    readonly library: string | undefined;
    /** Variables that a run with --host sets for it. */
    readonly overHosts: Readonly<Record<string, string>>;
  }[];
  /** Why posix_spawn cannot start commands here; undefined where it can. */
  readonly spawnProblem: string | undefined;
  /** How workers can be watched and limited. */
  readonly abilities: Abilities;
  /** First line of what the C compiler says of itself. */
  readonly compiler: string | undefined;
  readonly native: { readonly path: string } | { readonly missing: string };
  /** Built-in kernels with the forms that run here, best first. */
  readonly kernels: readonly {
    readonly name: string;
    readonly version: string;
    readonly forms: readonly string[];
  }[];
}

/** Something that is not there: what does without it, and how to get it. */
export interface Lack {
  readonly what: string;
  readonly effect: string;
  readonly remedy: string;
}

export function lacksOf(facts: InfoFacts): readonly Lack[] {
  const lacks: Lack[] = [];
  if (!facts.mpi) {
    lacks.push({
      what: `MPI library${facts.mpiProblem ? ` (${facts.mpiProblem})` : ''}`,
      effect: 'studies run over local processes',
      remedy: 'Debian: apt-get install openmpi-bin libopenmpi3; elsewhere load the MPI module of your site',
    });
  }
  if (facts.launchers.length === 0) {
    lacks.push({
      what: 'launcher (mpirun or mpiexec of Open MPI or MPICH)',
      effect: '--launcher mpirun does not work',
      remedy: 'Debian: apt-get install openmpi-bin',
    });
  }
  if (facts.compiler === undefined) {
    lacks.push({
      what: 'C compiler',
      effect: 'kernels written in C cannot be built',
      remedy: 'Debian: apt-get install gcc make libc6-dev',
    });
  }
  if ('missing' in facts.native) {
    lacks.push({
      what: 'library of the built-in C kernels',
      effect: `built-in kernels run in TypeScript, which is slower: ${facts.native.missing}`,
      remedy: 'with a C compiler and make it is built by itself',
    });
  }
  return lacks;
}

const abiNames = {
  openmpi: 'Open MPI',
  mpich: 'MPICH ABI',
  mpi5: 'MPI-5 ABI',
} as const;

/** Lines of text, without a line end behind the last. */
export function formatInfo(facts: InfoFacts, style: Style): string {
  const rows: [string, string][] = [
    ['shoal', `${facts.version} (build ${facts.build})`],
    ['Node', `${facts.node}, ${facts.platform}`],
    ['cores', String(facts.cores)],
  ];
  const { mpi } = facts;
  if (mpi) {
    rows.push(['MPI library', shortLibraryName(mpi.libraryVersion)], ['', `${mpi.path}: ${mpi.reason}`]);
    rows.push(['ABI', abiNames[mpi.family]], ['thread level', mpi.threadLevel]);
    const faults = mpi.isFaultTolerant ? 'ULFM, with mpirun --with-ft ulfm' : 'no: a lost rank ends its job';
    rows.push(['fault tolerance', faults]);
  } else {
    rows.push(['MPI library', 'none']);
  }
  if (facts.launchers.length === 0) rows.push(['launcher', 'none']);
  facts.launchers.forEach(({ path, family, version, library }, i) => {
    const pair = library === undefined ? '' : `, with ${library}`;
    rows.push([i === 0 ? 'launcher' : '', `${path}: ${abiNames[family].split(' ABI')[0]} ${version}${pair}`]);
  });
  // Of the one that is used.
  Object.entries(facts.launchers[0]?.overHosts ?? {}).forEach(([name, value], i) => {
    rows.push([i === 0 ? 'with --host' : '', `${name}=${value}`]);
  });
  rows.push([
    'commands',
    facts.spawnProblem === undefined ? 'posix_spawn' : `Node's child processes: ${facts.spawnProblem}`,
  ]);
  rows.push(...abilityRows(facts.abilities), ['C compiler', facts.compiler ?? 'none']);
  rows.push(['C kernels', 'path' in facts.native ? facts.native.path : 'none']);
  facts.kernels.forEach(({ name, version, forms }, i) => {
    rows.push([i === 0 ? 'kernels' : '', `${name} ${version}: ${forms.join(', ') || 'no form runs here'}`]);
  });
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `${style.bold(label.padEnd(width))}  ${text}`);
  const lacks = lacksOf(facts);
  if (lacks.length > 0) lines.push('', style.bold('Missing'));
  for (const { what, effect, remedy } of lacks) {
    lines.push(`  ${style.bad(what)}`, `    ${effect}`, `    ${style.dim(remedy)}`);
  }
  return lines.join('\n');
}

function abilityRows(abilities: Abilities): [string, string][] {
  const { watchProblem, memoryLimit, availableMemory, pinning, gpus, scratch } = abilities;
  const limits = {
    'control group': 'kept by a control group',
    polled: 'kept by looking at resident memory several times a second',
    none: 'not possible here',
  } as const satisfies Record<Abilities['memoryLimit'], string>;
  const watch = watchProblem === undefined ? 'case by case' : `by chunks only: ${watchProblem}`;
  const cores = pinning === 'none' ? 'not possible here' : `workers share ${plural(pinning.length, 'core')}`;
  return [
    ['isolation', `a process of its own for each kernel, watched ${watch}`],
    ['memory limit', `${limits[memoryLimit]}; ${formatBytes(availableMemory)} free`],
    ['pinning', cores],
    ['GPUs', gpus === 0 ? 'none' : String(gpus)],
    ['scratch', scratch],
  ];
}
