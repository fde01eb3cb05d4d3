/** Commands that run a file of a domain, `manybody run INPUT`: a study whose file says nothing else. */
import { join, resolve } from 'node:path';
import { bundleModule } from '../../kernels/bundle.js';
import { loadStudyFile } from '../../study/load.js';
import type { SolverRun } from '../../study/solver.js';
import { type Command, positional, textOption } from '../command.js';
import { readRunOptions, runNotes, runOptions, runOptionWords } from '../options/run-options.js';
import { runStudy } from '../run-study.js';

export function solverRunCommand({ name, describe, input, studyOf }: SolverRun): Command {
  return {
    ...{ name, describe },
    positionals: { INPUT: input },
    options: {
      'run-dir': {
        describe: 'Folder that keeps everything of this run; runs/NAME by default.',
        value: 'DIR',
      },
      ...runOptions,
    },
    isFromEnvironment: true,
    notes: runNotes,
    handle: async (args, context) => {
      const options = readRunOptions(args, context.place);
      const { solvers, cwd } = context;
      const file = await studyOf(positional(args, 'INPUT'), cwd);
      const study = await loadStudyFile(file, { solvers, bundle: bundleModule });
      const runDir = resolve(cwd, textOption(args, 'run-dir') ?? join('runs', study.name));
      const continuation = ['resume', runDir, ...runOptionWords(args)];
      return runStudy({ study, runDir, options, continuation }, context);
    },
  };
}
