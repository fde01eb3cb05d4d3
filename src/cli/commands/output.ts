import { resolve } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import { keptOutputs } from '../../observe/case-output.js';
import { indexJournal } from '../../store/journal/journal-index.js';
import { type KeptOutput, readKept } from '../../store/kept-output.js';
import { readRunDirectory } from '../../store/run-directory.js';
import { type Command, countOption, hasFlag, parseCount, positional } from '../command.js';

export const outputCommand: Command = {
  name: 'output',
  describe: 'Prints what the program of one case printed, byte by byte.',
  positionals: { RUN_DIR: 'Folder of the run.', CASE: 'Number of the case, from 0.' },
  options: {
    stderr: { describe: 'Its standard error instead of its standard output.', isFlag: true },
    attempt: { describe: 'Of an earlier attempt; of the one that counts by default.', value: 'N' },
  },
  handle: async (args, context) => {
    const view = readRunDirectory(resolve(context.cwd, positional(args, 'RUN_DIR')));
    const caseNumber = parseCount(positional(args, 'CASE'), 'CASE', 0);
    const attempt = countOption(args, 'attempt', 1);
    const { count } = view.study.cases;
    if (caseNumber >= count) {
      throw new InputError('there is no such case', {
        expected: `a number from 0 to ${count - 1}`,
        given: String(caseNumber),
      });
    }
    const attempts = keptOutputs(
      view,
      indexJournal(view.paths.journal, view.manifest.fingerprint),
      caseNumber,
    );
    const chosen = attempts.findLast((each) =>
      attempt === undefined ? each.isCounted : each.attempt === attempt,
    );
    if (!chosen) {
      throw new InputError(
        attempt === undefined ? 'the case has no result yet' : `the case has no attempt ${attempt}`,
        { given: String(caseNumber) },
      );
    }
    const stream = hasFlag(args, 'stderr') ? 'stderr' : 'stdout';
    if (chosen.kept === null) return 0;
    tellWhatIsCut(chosen.kept, context.stderr.write.bind(context.stderr));
    for (const piece of readKept(view.path, chosen.kept, stream)) {
      // Waited for: an output can be larger than the memory.
      await new Promise<void>((resolve) => context.stdout.write(piece, resolve));
    }
    return 0;
  },
};

function tellWhatIsCut(kept: KeptOutput, write: (text: string) => unknown): void {
  if (kept.kind === 'text' && kept.cut > 0) {
    write(`note: ${kept.cut} bytes in front were not kept, because the run directory could not be reached\n`);
  }
}
