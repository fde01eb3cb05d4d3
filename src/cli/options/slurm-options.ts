/** Options of the commands that make a script for Slurm: every setting of a job, and how its script is made. */
import { InputError } from '../../errors/input-error.js';
import { expectation } from '../../study/document/words.js';
import { jobShape } from '../../study/slurm/job-settings.js';
import { scriptShape, shardShape, slurmSection, slurmSettingsOf } from '../../study/slurm/section.js';
import type { SlurmSettings } from '../../study/slurm/settings.js';
import { type Arguments, hasFlag, type Option, textOption } from '../command.js';
import { executionOptions } from './execution-options.js';
import { runOptions } from './run-options.js';

const shape = { ...jobShape, ...scriptShape, ...shardShape };
type Key = keyof typeof shape;
const keys = Object.keys(shape) as Key[];

/** Names of values in the help, where `VALUE` says too little. */
const values: Readonly<Partial<Record<Key, string>>> = {
  ...{ nodes: 'N', ntasks: 'N', ntasks_per_node: 'N', cpus_per_task: 'N', shards: 'K', array_limit: 'N' },
  ...{ mem: 'SIZE', mem_per_cpu: 'SIZE', time: 'TIME', signal: 'TIME', stagger: 'TIME', begin: 'TIME' },
  ...{ gpus: 'N', gpus_per_node: 'N', output: 'FILE', error: 'FILE', scratch: 'DIR', modules: 'NAME,…' },
  ...{ mpi: 'FAMILY', launcher: 'NAME', requeue: 'yes|no', preflight: 'yes|no', environment: 'NAME=VALUE,…' },
};

const settingOptions: Readonly<Record<string, Option>> = Object.fromEntries(
  keys.map((key) => [
    optionOf(key),
    key === 'exclusive'
      ? { describe: shape[key].description ?? '', isFlag: true }
      : { describe: shape[key].description ?? '', value: values[key] ?? 'VALUE' },
  ]),
);

/** Options of `run` that the job runs with. */
const passedOn = {
  strategy: runOptions.strategy,
  chunk: runOptions.chunk,
  coordinators: runOptions.coordinators,
  limit: runOptions.limit,
  'time-limit': runOptions['time-limit'],
  verify: runOptions.verify,
  ...executionOptions,
} as const satisfies Readonly<Record<string, Option>>;

export const slurmOptions: Readonly<Record<string, Option>> = {
  site: {
    describe: 'Site whose settings hold where nothing else is said: a name, or a file.',
    value: 'NAME',
  },
  'run-dir': { describe: 'Folder of the run; runs/NAME by default.', value: 'DIR' },
  ranks: { describe: 'The same as --ntasks.', value: 'N' },
  ...settingOptions,
  ...passedOn,
};

/** Throws InputError for values that cannot be used. */
export function readSlurmSettings(args: Arguments): SlurmSettings {
  const given: [Key, unknown][] = keys.flatMap((key): [Key, unknown][] => {
    const name = optionOf(key);
    if (key === 'exclusive') return hasFlag(args, name) ? [[key, true]] : [];
    const text = textOption(args, name);
    return text === undefined ? [] : [[key, readingOf(key, text, `--${name}`)]];
  });
  const ranks = textOption(args, 'ranks');
  if (ranks !== undefined) {
    if (args.ntasks !== undefined && args.ntasks !== ranks) {
      throw new InputError('--ranks and --ntasks are one setting', {
        expected: 'one of them',
        given: `--ranks ${ranks} and --ntasks ${args.ntasks}`,
      });
    }
    given.push(['ntasks', readingOf('ntasks', ranks, '--ranks')]);
  }
  return slurmSettingsOf(
    slurmSection.parse({ ...Object.fromEntries(given), site: textOption(args, 'site') }),
  );
}

/** The options of `run` among the arguments, as its words. */
export function passedOnWords(args: Arguments): readonly string[] {
  return Object.keys(passedOn).flatMap((name) => {
    const text = textOption(args, name);
    return text === undefined ? [] : [`--${name}=${text}`];
  });
}

function optionOf(key: string): string {
  return key.replaceAll('_', '-');
}

/** What the text means to the setting: a number, a list, yes or no, or the text itself. */
function readingOf(key: Key, text: string, shown: string): unknown {
  const field = shape[key];
  const readings = [
    ...(/^\d+$/.test(text) ? [Number(text)] : []),
    ...(text === 'yes' ? [true] : text === 'no' ? [false] : []),
    ...(key === 'environment' ? [pairs(text)] : []),
    ...(key === 'options' ? [text.split(/\s+/)] : []),
    text,
    text.split(',').map((part) => part.trim()),
  ];
  const reading = readings.find((each) => field.safeParse(each).success);
  if (reading !== undefined) return reading;
  const [issue] = field.safeParse(readings[0]).error?.issues ?? [];
  const expected =
    key === 'environment' ? 'NAME=VALUE, several with commas' : issue ? expectation(issue) : 'another value';
  throw new InputError(`${shown} cannot be used`, {
    expected: typeof expected === 'string' && expected === 'true or false' ? 'yes or no' : expected,
    given: JSON.stringify(text),
  });
}

function pairs(text: string): Readonly<Record<string, string>> | undefined {
  const entries = text.split(',').map((pair) => /^([^=]+)=(.*)$/.exec(pair.trim()));
  if (entries.some((entry) => entry === null)) return undefined;
  return Object.fromEntries(entries.map((entry) => [entry![1]!, entry![2]!]));
}
