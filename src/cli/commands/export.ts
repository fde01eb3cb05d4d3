import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import { formatBytes, formatCount, plural } from '../../observe/figures.js';
import { listenForStop } from '../../process/signals.js';
import { executionTable } from '../../results/execution-table.js';
import { type ExportOutcome, exportPath, exportTable, streamTable } from '../../results/export/export.js';
import { resultsOf } from '../../results/results.js';
import { resultsTable } from '../../results/results-table.js';
import { readRunDirectory } from '../../store/run-directory.js';
import type { OutputFormat } from '../../study/study.js';
import { type Command, choiceOption, hasFlag, positional, textOption } from '../command.js';
import type { TextOutput } from '../context.js';
import { interruptedCode } from '../failure.js';
import { shownPath } from '../paths.js';

const formats = ['csv', 'jsonl', 'parquet', 'arrow'] as const satisfies readonly OutputFormat[];

export const exportCommand: Command = {
  name: 'export',
  describe: 'Writes the results of a run as a table, also while it runs.',
  positionals: { RUN_DIR: 'Folder of the run.' },
  options: {
    format: { describe: `${formats.join(', ')}.`, value: 'NAME' },
    output: {
      describe: 'File to write, or - for standard output; RUN_DIR/results.FORMAT by default.',
      value: 'FILE',
    },
    execution: {
      describe: 'The table of attempts, workers, hosts and times instead of the results.',
      isFlag: true,
    },
  },
  notes: [
    'Rows are in the order of cases, numbers in full precision; two complete runs of one study give the same bytes.',
  ],
  handle: async (args, context) => {
    const format = choiceOption(args, 'format', formats);
    if (format === undefined) {
      throw new InputError('export needs --format', { expected: `one of ${formats.join(', ')}` });
    }
    const kind = hasFlag(args, 'execution') ? 'execution' : 'results';
    const view = readRunDirectory(resolve(context.cwd, positional(args, 'RUN_DIR')));
    const results = resultsOf(view);
    const table = kind === 'results' ? resultsTable(results) : executionTable(results, view.paths.journal);
    const output = textOption(args, 'output');
    if (output === '-') checkReader(format, context.stdout);
    const signals = listenForStop();
    const writeFile = async (asked: string | undefined): Promise<ExportOutcome> => {
      const path =
        asked === undefined ? exportPath(view.path, format, kind) : outputFile(resolve(context.cwd, asked));
      const outcome = await exportTable(table, format, path, signals.stop);
      context.stdout.write(`${shownPath(path, context.cwd)}\n`);
      return outcome;
    };
    try {
      const { rows, bytes } =
        output === '-'
          ? await streamTable(table, format, (piece) => send(context.stdout, piece), signals.stop)
          : await writeFile(output);
      context.stderr.write(`${plural(rows, 'row')}, ${formatBytes(bytes)}\n`);
    } catch (error) {
      if (signals.stop.aborted) return interruptedCode;
      throw error;
    } finally {
      signals.close();
    }
    const missing = view.manifest.cases - results.rowCount;
    if (missing > 0) {
      context.stderr.write(
        `note: ${formatCount(missing)} of ${plural(view.manifest.cases, 'case')} have no result yet\n`,
      );
    }
    return 0;
  },
};

/** The bytes of a binary format make a terminal unusable, and nobody reads them there. */
function checkReader(format: OutputFormat, stdout: TextOutput): void {
  if (!stdout.isTTY || format === 'csv' || format === 'jsonl') return;
  throw new InputError(`--output - would write ${format} to the terminal`, {
    expected: 'a file, or a program behind a pipe, to take a binary format',
  });
}

function send(stdout: TextOutput, piece: Uint8Array): Promise<void> {
  return new Promise((resolve) => stdout.write(piece, resolve));
}

/** The export takes the place of what has the name, which must not be a folder, a device or a pipe. */
function outputFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return path;
  if (!found.isFile()) {
    throw new InputError('--output cannot be used', {
      expected: 'a new file, or one to replace',
      given: `${path}, which is ${found.isDirectory() ? 'a folder' : 'no ordinary file'}`,
    });
  }
  return realpathSync(path);
}
