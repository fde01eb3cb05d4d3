/** Settings of a job as the `#SBATCH` lines of its script. */
import type { JobSettings } from '../../study/slurm/settings.js';

type Value = string | number | boolean | readonly string[];

/** In the order in which sbatch's manual groups them; what is not here is not sbatch's. */
const options = {
  jobName: asIs('job-name'),
  partition: list('partition'),
  account: asIs('account'),
  qos: asIs('qos'),
  reservation: asIs('reservation'),
  nodes: asIs('nodes'),
  ntasks: asIs('ntasks'),
  ntasksPerNode: asIs('ntasks-per-node'),
  cpusPerTask: asIs('cpus-per-task'),
  mem: memory('mem'),
  memPerCpu: memory('mem-per-cpu'),
  time: (value: Value) => [`--time=${slurmTime(Number(value))}`],
  constraint: asIs('constraint'),
  gpus: asIs('gpus'),
  gpusPerNode: asIs('gpus-per-node'),
  gres: asIs('gres'),
  exclusive: (value: Value) => (value === true ? ['--exclusive'] : value ? [`--exclusive=${value}`] : []),
  licenses: list('licenses'),
  nodelist: asIs('nodelist'),
  exclude: asIs('exclude'),
  hint: asIs('hint'),
  dependency: asIs('dependency'),
  begin: asIs('begin'),
  // Whoever is started again goes on in the same file.
  requeue: (value: Value) => (value ? ['--requeue', '--open-mode=append'] : ['--no-requeue']),
  signal: (value: Value) => [`--signal=B:USR2@${Math.ceil(Number(value) / 1000)}`],
  mailType: list('mail-type'),
  mailUser: asIs('mail-user'),
  comment: asIs('comment'),
  output: asIs('output'),
  error: asIs('error'),
  options: (value: Value) => value as readonly string[],
} as const satisfies Readonly<Record<keyof JobSettings, (value: Value) => readonly string[]>>;

/** A time limit or the like; Slurm counts whole seconds, and rounds limits up to minutes. */
export function slurmTime(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const clock = [(seconds % 86_400) / 3600, (seconds % 3600) / 60, seconds % 60].map(two).join(':');
  return days > 0 ? `${days}-${clock}` : clock;
}

/** Settings without `auto` and `none`, as one line each. */
export function directives(settings: JobSettings): readonly string[] {
  return Object.entries(options).flatMap(([key, option]) => {
    const value = settings[key as keyof JobSettings];
    if (value === undefined) return [];
    return option(value).map((words) => `#SBATCH ${quoted(words)}`);
  });
}

function asIs(name: string) {
  return (value: Value): readonly string[] => [`--${name}=${value}`];
}

function list(name: string) {
  return (value: Value): readonly string[] => [`--${name}=${(value as readonly string[]).join(',')}`];
}

function memory(name: string) {
  return (value: Value): readonly string[] => [
    `--${name}=${value === 0 ? 0 : `${mebibytes(Number(value))}M`}`,
  ];
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20);
}

/** sbatch splits its lines at blanks, and ends them at `#`; what has quotes already is meant as it is. */
function quoted(words: string): string {
  return /[\s#']/.test(words) && !words.includes('"') ? words.replace(/^([^=\s]+=)?(.*)$/, '$1"$2"') : words;
}
