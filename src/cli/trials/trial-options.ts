/** Options of commands that run something several times. */
import { executionOptions } from '../options/execution-options.js';
import { runOptions } from '../options/run-options.js';

/** Options of a run that a trial has too. Those of `parallelOptions` are not for the run that others are held against. */
export const parallelOptions = {
  launcher: runOptions.launcher,
  host: runOptions.host,
  strategy: runOptions.strategy,
  chunk: runOptions.chunk,
} as const;

export const trialOptions = {
  'run-dir': {
    describe:
      'Folder for the run directories, which are kept; by default a temporary one that is removed. Ranks on other hosts ' +
      'need one that they share.',
    value: 'DIR',
  },
  ...parallelOptions,
  ...executionOptions,
  quiet: { describe: 'No progress of the runs.', isFlag: true },
  json: { describe: 'As one JSON document.', isFlag: true },
} as const;
