import { resolve } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import { explainCase, formatExplanation } from '../../observe/explain.js';
import { readRunFacts } from '../../observe/run-facts.js';
import { type Command, parseCount, positional } from '../command.js';
import { shownPath } from '../paths.js';
import { outputStyle } from '../reporting.js';

export const explainCommand: Command = {
  name: 'explain',
  describe: 'Says what one case is, where it stands and why, what it waits for, and how to compute it again.',
  positionals: { RUN_DIR: 'Folder of the run.', CASE: 'Number of the case, from 0.' },
  options: {},
  handle: (args, context) => {
    const { view, index, status } = readRunFacts(resolve(context.cwd, positional(args, 'RUN_DIR')));
    const caseIndex = parseCount(positional(args, 'CASE'), 'CASE', 0);
    const { count } = view.study.cases;
    if (caseIndex >= count) {
      throw new InputError('there is no such case', {
        expected: `a number from 0 to ${count - 1}`,
        given: String(caseIndex),
      });
    }
    const text = formatExplanation(explainCase(view, index, caseIndex, status.live), {
      program: context.program,
      runDir: shownPath(view.path, context.cwd),
      style: outputStyle(context),
    });
    context.stdout.write(`${text}\n`);
    return Promise.resolve(0);
  },
};
