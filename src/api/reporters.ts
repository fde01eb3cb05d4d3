/** Who may be told of a run by a program, besides functions of its own. */
import { barReporter } from '../observe/reporters/bar.js';
import { fileReporter as fileReporterWith } from '../observe/reporters/file.js';
import { plainReporter } from '../observe/reporters/plain.js';
import type { Reporter } from '../observe/reporters/reporter.js';
import { createStyle, speaksUnicode, wantsColor } from '../observe/style.js';

/** What a console is; `process.stderr` is one. */
export interface ConsoleStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A line with a bar on a terminal, a line every few seconds elsewhere; on standard error unless another is given. */
export function consoleReporter(stream: ConsoleStream = process.stderr): Reporter {
  let reporter = reporterOn(stream, 'run');
  return {
    onStarted: ({ name }) => {
      reporter = reporterOn(stream, name);
    },
    onProgress: (progress) => reporter.onProgress(progress),
    onLevelCompleted: (level) => reporter.onLevelCompleted?.(level),
    onNotice: (message) => reporter.onNotice(message),
    onFinished: (outcome) => reporter.onFinished(outcome),
  };
}

/** JSON lines at the end of a file; what they are, docs/watching.md says. Throws InputError when it cannot be opened. */
export function fileReporter(path: string): Reporter {
  return fileReporterWith(path, (message) => process.stderr.write(`note: ${message}\n`));
}

function reporterOn(stream: ConsoleStream, name: string): Reporter {
  const write = (text: string): void => {
    stream.write(text);
  };
  const columns = (): number => (stream.isTTY ? (stream.columns ?? 0) : 0);
  if (columns() === 0) return plainReporter(name, { write });
  const target = {
    write,
    get columns() {
      return columns();
    },
  };
  const style = createStyle(wantsColor(true, process.env), speaksUnicode(process.env));
  return barReporter(name, target, style);
}
