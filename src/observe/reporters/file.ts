import { closeSync, openSync, writeSync } from 'node:fs';
import { InputError } from '../../errors/input-error.js';
import { jsonLinesReporter } from './json-lines.js';
import type { Reporter } from './reporter.js';

/**
 * A run as JSON lines at the end of a file. A file that cannot be opened is an InputError; one that can no longer be
 * written is told once by `onNotice`, because a run does not end for want of a witness.
 */
export function fileReporter(path: string, onNotice: (message: string) => void): Reporter {
  let file: number | undefined = open(path);
  const close = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  const write = (text: string): void => {
    if (file === undefined) return;
    try {
      writeSync(file, text);
    } catch (error) {
      close();
      onNotice(`no more progress goes to ${path}: ${(error as Error).message}`);
    }
  };
  const reporter = jsonLinesReporter({ write });
  return {
    ...reporter,
    onFinished: (outcome) => {
      reporter.onFinished(outcome);
      close();
    },
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'a');
  } catch (error) {
    throw new InputError('the file for progress cannot be written', {
      file: path,
      expected: 'a file that this process may append to',
      given: (error as Error).message,
    });
  }
}
