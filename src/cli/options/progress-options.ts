/** How a run is shown while it goes on: the options, and the reporters that they name. */
import { resolve } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import type { ParentFacts } from '../../launch/parent-link.js';
import { barReporter } from '../../observe/reporters/bar.js';
import { fileReporter } from '../../observe/reporters/file.js';
import { jsonLinesReporter } from '../../observe/reporters/json-lines.js';
import { noticesReporter, plainReporter } from '../../observe/reporters/plain.js';
import { allReporters, type Reporter } from '../../observe/reporters/reporter.js';
import { createStyle, speaksUnicode, wantsColor } from '../../observe/style.js';
import { type Arguments, choiceOption, hasFlag, type Option, textOption } from '../command.js';
import type { CommandContext } from '../context.js';
import { terminalColumns } from '../reporting.js';

const kinds = ['bar', 'plain', 'json', 'none'] as const;

export interface ProgressOptions {
  /** Undefined: a bar on a terminal, plain lines elsewhere. */
  readonly kind: (typeof kinds)[number] | undefined;
  readonly file: string | undefined;
}

export const progressOptions = {
  progress: {
    describe:
      'How progress is shown on standard error: bar, plain (a line every few seconds), json (JSON lines) or none. ' +
      'By default a bar on a terminal and plain lines elsewhere.',
    value: 'KIND',
  },
  'progress-file': {
    describe: 'Progress as JSON lines at the end of a file, whatever --progress says.',
    value: 'FILE',
  },
  quiet: { describe: 'No progress; the same as --progress none.', isFlag: true },
} as const satisfies Readonly<Record<string, Option>>;

export function readProgressOptions(args: Arguments): ProgressOptions {
  const kind = choiceOption(args, 'progress', kinds);
  const isQuiet = hasFlag(args, 'quiet');
  // A variable that says otherwise for every day does not count against --quiet.
  if (isQuiet && args.progress !== undefined && kind !== 'none') {
    throw new InputError('--quiet contradicts --progress', {
      expected: 'one of the two',
      given: `--quiet --progress ${kind}`,
    });
  }
  return { kind: isQuiet ? 'none' : kind, file: textOption(args, 'progress-file') };
}

/** A bar that is asked for where nobody knows how wide the terminal is. */
const unknownColumns = 80;

/** `parent` is the shoal that called mpirun, whose terminal rank 0 draws on. */
export function createReporter(
  name: string,
  { kind, file }: ProgressOptions,
  { stderr, environment, cwd }: CommandContext,
  parent: ParentFacts | undefined,
): Reporter {
  const write = (text: string): void => {
    stderr.write(text);
  };
  // Under mpirun the width is the parent's: what mpirun gives its ranks is a pipe, or a terminal of width 0.
  const columns = (): number => (parent ? (parent.columns ?? 0) : terminalColumns(stderr));
  const isColored = parent ? (parent.isColored ?? false) : wantsColor(columns() > 0, environment);
  const shown = (): Reporter => {
    switch (kind ?? (columns() > 0 ? 'bar' : 'plain')) {
      case 'bar': {
        const target = {
          write,
          get columns() {
            return columns() || unknownColumns;
          },
        };
        return barReporter(name, target, createStyle(isColored, speaksUnicode(environment)));
      }
      case 'plain':
        return plainReporter(name, { write });
      case 'json':
        return jsonLinesReporter({ write });
      case 'none':
        return noticesReporter({ write });
    }
  };
  const first = shown();
  if (file === undefined) return first;
  return allReporters([first, fileReporter(resolve(cwd, file), (message) => first.onNotice(message))]);
}
