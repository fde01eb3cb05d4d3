/** A file of commands, one a line, as a study: a line is a case. */
import { isUtf8 } from 'node:buffer';
import { InputError } from '../../errors/input-error.js';
import type { CasePlanDetail } from '../cases/plan.js';
import { numbersSpec, textSpec } from '../draft.js';
import { defaultExecution } from '../execution.js';
import { digest } from '../fingerprint.js';
import { type Study, studySchemaVersion } from '../study.js';
import { type CommandSource, commandColumn } from './source.js';

export interface CommandFile {
  /** Absolute path, or the name of a stream; and how the user named it. */
  readonly path: string;
  readonly shown: string;
  readonly bytes: Uint8Array;
}

/**
 * The study `name` of the commands in a file, run in `cwd`. Empty lines, and lines whose first character that is no
 * blank is `#`, are no commands. Throws InputError for a file without commands, and for lines that are no text.
 */
export function studyOfCommands(file: CommandFile, name: string, cwd: string): Study {
  const { bytes, starts, lines } = packLines(file);
  const count = lines.length;
  if (count === 0) {
    throw new InputError('no command', {
      file: file.shown,
      expected: 'a command on each line, empty lines and lines that begin with # aside',
    });
  }
  const plan: CasePlanDetail = {
    count,
    columns: [numbersSpec('line', []), textSpec(commandColumn)],
    axes: [count],
    sample: null,
    sources: [
      { kind: 'list', axis: 0, numbers: lines },
      { kind: 'packed-text', axis: 0, bytes, starts },
    ],
    derived: [],
  };
  const kernel: CommandSource = {
    kind: 'command',
    path: cwd,
    call: { kind: 'line' },
    stdin: { kind: 'none' },
    environment: {},
    cwd: { kind: 'home' },
    outputs: [],
    okExitCodes: [0],
    keepsLauncher: false,
  };
  return {
    schemaVersion: studySchemaVersion,
    name,
    description: '',
    source: { path: file.path, text: Buffer.from(file.bytes).toString('utf8') },
    kernel,
    settings: {},
    cases: plan,
    shared: {},
    schedule: { strategy: 'adaptive', chunk: 'auto' },
    execution: defaultExecution,
    statistics: [],
    output: ['csv'],
    // Comments, and where the commands run, make no other study.
    fingerprint: digest({ commands: bytes, starts }),
  };
}

interface Packed {
  /** Commands back to back; command i lies from `starts[i]` to `starts[i + 1]`. */
  readonly bytes: Uint8Array;
  readonly starts: Float64Array;
  /** Line number of each command, from 1. */
  readonly lines: Float64Array;
}

/** A pass over the bytes: files have millions of lines. */
function packLines({ bytes: file, shown }: CommandFile): Packed {
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (!isUtf8(text)) throw unreadable(text, shown);
  const bytes = Buffer.allocUnsafe(text.byteLength);
  const starts: number[] = [];
  const lines: number[] = [];
  let filled = 0;
  for (let at = 0, line = 1; at < text.byteLength; line++) {
    const next = text.indexOf(newline, at);
    const lineEnd = next < 0 ? text.byteLength : next;
    const end = text[lineEnd - 1] === carriageReturn && lineEnd > at ? lineEnd - 1 : lineEnd;
    let start = at;
    while (start < end && (text[start] === blank || text[start] === tab)) start++;
    if (start < end && text[start] !== hash) {
      starts.push(filled);
      lines.push(line);
      filled += text.copy(bytes, filled, start, end);
    } else if (text.toString('latin1', start, Math.min(end, start + disBatch.length)) === disBatch) {
      throw new InputError('directives of disBatch are not understood', {
        ...{ file: shown, line },
        expected: 'a command, or a comment that begins otherwise',
        given: text.toString('utf8', start, end),
      });
    }
    at = lineEnd + 1;
  }
  if (text.includes(0)) throw new InputError('a command cannot hold the character NUL', { file: shown });
  starts.push(filled);
  return {
    bytes: bytes.subarray(0, filled),
    starts: Float64Array.from(starts),
    lines: Float64Array.from(lines),
  };
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const blank = 0x20;
const tab = 0x09;
const hash = 0x23;
const disBatch = '#DISBATCH';

function unreadable(text: Buffer, shown: string): InputError {
  let line = 1;
  for (let at = 0; at < text.byteLength; line++) {
    const next = text.indexOf(newline, at);
    const end = next < 0 ? text.byteLength : next;
    if (!isUtf8(text.subarray(at, end))) break;
    at = end + 1;
  }
  return new InputError('a line is no text', { file: shown, line, expected: 'UTF-8' });
}
