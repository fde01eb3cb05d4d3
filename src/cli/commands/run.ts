import { join, resolve } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import { bundleModule } from '../../kernels/bundle.js';
import { shardFolder } from '../../store/shard-folders.js';
import { loadStudy } from '../../study/load.js';
import { parseShard, type Shard } from '../../study/shard.js';
import type { Study } from '../../study/study.js';
import { type Arguments, type Command, positional, shownName, textOption } from '../command.js';
import { commandsStudy } from '../commands-file.js';
import type { CommandContext } from '../context.js';
import {
  type RunOptions,
  readRunOptions,
  runNotes,
  runOptions,
  runOptionWords,
} from '../options/run-options.js';
import { runStudy } from '../run-study.js';

export const runCommand: Command = {
  name: 'run',
  describe:
    'Computes the cases of a study. On a run directory of the same study it goes on where it was; what has been ' +
    'computed is never computed twice.',
  positionals: { STUDY: 'File of the study: YAML, JSON, or a TypeScript or JavaScript module.' },
  insteadOfPositionals: 'commands',
  options: {
    commands: {
      describe:
        'In place of STUDY: a file of commands, one a line, each a case; - for standard input. Empty lines and lines ' +
        'that begin with # are passed over. They run in the current folder, by /bin/sh, or without it where ' +
        'it would only split words.',
      value: 'FILE',
    },
    name: {
      describe: 'Name of the study of a file of commands; that of the file by default.',
      value: 'NAME',
    },
    'run-dir': { describe: 'Folder that keeps everything of this run; runs/NAME by default.', value: 'DIR' },
    shard: {
      describe:
        'Only part I of K parts of the cases, in a run directory of its own: runs/NAME-shards/I-of-K by default. merge ' +
        'makes one run of all.',
      value: 'I/K',
    },
    ...runOptions,
  },
  isFromEnvironment: true,
  notes: [...runNotes, 'No variable stands for --commands and --name.'],
  handle: async (args, context) => {
    const options = readRunOptions(args, context.place);
    const study = await studyOf(args, options, context);
    const shard = shardOption(args);
    const usual = shard ? shardFolder(join('runs', study.name), shard) : join('runs', study.name);
    const runDir = resolve(context.cwd, textOption(args, 'run-dir') ?? usual);
    const continuation = ['resume', runDir, ...runOptionWords(args)];
    return runStudy({ study, runDir, options, shard, continuation }, context);
  },
};

/** These two say what is run, which the environment must not do behind the user's back. */
function studyOf(
  { commands, name, ...args }: Arguments,
  { launcher }: RunOptions,
  context: CommandContext,
): Promise<Study> {
  if (typeof commands !== 'string') {
    if (name !== undefined) {
      throw new InputError('--name belongs to --commands', { expected: 'the name in the study file' });
    }
    const path = resolve(context.cwd, positional(args, 'STUDY'));
    return loadStudy(path, { solvers: context.solvers, bundle: bundleModule });
  }
  if (commands === '-' && launcher !== 'local') {
    throw new InputError('--commands - cannot be used with ranks that are started for it', {
      expected: 'the name of a file, which the ranks can read',
    });
  }
  return commandsStudy(commands, typeof name === 'string' ? name : undefined, context);
}

function shardOption(args: Arguments): Shard | undefined {
  const text = textOption(args, 'shard');
  const shard = text === undefined ? undefined : parseShard(text);
  if (text === undefined || shard) return shard;
  throw new InputError(`${shownName(args, 'shard')} cannot be used`, {
    expected: 'I/K: part I, from 1, of K parts, like 2/4',
    given: JSON.stringify(text),
  });
}
