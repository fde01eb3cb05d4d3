import { resolve } from 'node:path';
import { isFailureType } from '../../observe/retry-words.js';
import type { RunRequest } from '../../runtime/api.js';
import { readRunDirectory } from '../../store/run-directory.js';
import { type Arguments, type Command, hasFlag, parseCount, positional, textOption } from '../command.js';
import { readRunOptions, runNotes, runOptions, runOptionWords } from '../options/run-options.js';
import { runStudy } from '../run-study.js';

export const resumeCommand: Command = {
  name: 'resume',
  describe: 'Goes on with a run: computes the cases that have no result yet. The study file is not needed.',
  positionals: { RUN_DIR: 'Folder of the run.' },
  options: {
    retry: {
      describe:
        'Computes cases again: failed, timeout, a type of failure (like ExitCode), numbers of cases, or several of these ' +
        'with commas.',
      value: 'WHAT',
    },
    salvage: {
      describe:
        'Goes on with what is whole of a journal that is damaged in the middle, and says what is lost.',
      isFlag: true,
    },
    'take-over': {
      describe:
        'Goes on with a run whose process was on another host that is lost: you say that it is at work no more. Should ' +
        'it wake up, it finds itself replaced and writes nothing.',
      isFlag: true,
    },
    ...runOptions,
  },
  isFromEnvironment: true,
  notes: runNotes,
  handle: (args, context) => {
    const options = readRunOptions(args, context.place);
    const retry = retryOption(args);
    const { study, path, manifest } = readRunDirectory(resolve(context.cwd, positional(args, 'RUN_DIR')));
    return runStudy(
      {
        study,
        runDir: path,
        options,
        continuation: ['resume', path, ...runOptionWords(args)],
        shard: manifest.shard,
        ...(retry ? { retry } : {}),
        ...(hasFlag(args, 'salvage') ? { salvage: true } : {}),
        ...(hasFlag(args, 'take-over') ? { takeOver: true } : {}),
      },
      context,
    );
  },
};

function retryOption(args: Arguments): RunRequest['retry'] {
  return textOption(args, 'retry')
    ?.split(',')
    .map((word) => {
      if (word === 'failed' || word === 'timeout') return word;
      // Which types there are is known once the journal is read.
      return isFailureType(word) ? { type: word } : parseCount(word, '--retry', 0);
    });
}
