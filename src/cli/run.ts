import { join, resolve } from 'node:path';
import { bundleModule } from '../kernels/bundle.js';
import { loadStudy } from '../study/load.js';
import { type Command, positional, textOption } from './command.js';
import { readRunOptions, runNotes, runOptions, runOptionWords } from './run-options.js';
import { runStudy } from './run-study.js';

export const runCommand: Command = {
  name: 'run',
  describe:
    'Computes the cases of a study. On a run directory of the same study it goes on where it was; what has been ' +
    'computed is never computed twice.',
  positionals: { STUDY: 'File of the study: YAML, JSON, or a TypeScript or JavaScript module.' },
  options: {
    'run-dir': { describe: 'Folder that keeps everything of this run; runs/NAME by default.', value: 'DIR' },
    ...runOptions,
  },
  isFromEnvironment: true,
  notes: runNotes,
  handle: async (args, context) => {
    const options = readRunOptions(args, context.place);
    const study = await loadStudy(resolve(context.cwd, positional(args, 'STUDY')), {
      solvers: context.solvers,
      bundle: bundleModule,
    });
    const runDir = resolve(context.cwd, textOption(args, 'run-dir') ?? join('runs', study.name));
    const continuation = ['resume', runDir, ...runOptionWords(args)];
    return runStudy({ study, runDir, options, continuation }, context);
  },
};
