import { resolve } from 'node:path';
import { reportFacts } from '../../observe/report/facts.js';
import { writeReport } from '../../observe/report/write.js';
import { readRunFacts } from '../../observe/run-facts.js';
import { type Command, hasFlag, positional } from '../command.js';
import { shownPath } from '../paths.js';

export const reportCommand: Command = {
  name: 'report',
  describe:
    'Writes report.html, a page that says how a run went, and trace.json, what each rank did when, into its folder; ' +
    'also while it runs.',
  positionals: { RUN_DIR: 'Folder of the run.' },
  options: { json: { describe: 'What the page says, as one JSON document.', isFlag: true } },
  notes: ['trace.json opens in Perfetto (ui.perfetto.dev), chrome://tracing and speedscope.'],
  handle: async (args, context) => {
    const run = readRunFacts(resolve(context.cwd, positional(args, 'RUN_DIR')));
    const shownRunDir = shownPath(run.view.path, context.cwd);
    const facts = reportFacts(run, { program: context.program, shownRunDir });
    const { page, trace } = writeReport(run, facts);
    const text = hasFlag(args, 'json')
      ? JSON.stringify({ ...facts, page, trace }, null, 2)
      : [page, trace].map((path) => shownPath(path, context.cwd)).join('\n');
    context.stdout.write(`${text}\n`);
    return 0;
  },
};
