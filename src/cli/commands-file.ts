/** The study of `run --commands FILE`. */
import { basename, extname, resolve } from 'node:path';
import { InputError } from '../errors/input-error.js';
import { studyOfCommands } from '../study/command/lines.js';
import { readBytes } from '../study/document/read.js';
import type { Study } from '../study/study.js';
import type { CommandContext } from './context.js';

/** `shown`: the file as the user named it, `-` for standard input. Without a name the study has the file's. */
export async function commandsStudy(
  shown: string,
  name: string | undefined,
  context: CommandContext,
): Promise<Study> {
  const isStream = shown === '-';
  const path = isStream ? resolve(context.cwd, 'commands.txt') : resolve(context.cwd, shown);
  const bytes = isStream ? await readAll(context.stdin()) : await readBytes(path, shown);
  const file = { path, shown: isStream ? 'standard input' : shown, bytes };
  return studyOfCommands(file, name === undefined ? nameOf(path) : checkedName(name), context.cwd);
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

function nameOf(path: string): string {
  const stem = basename(path, extname(path))
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 100);
  return namePattern.test(stem) ? stem : 'commands';
}

function checkedName(name: string): string {
  if (namePattern.test(name)) return name;
  throw new InputError('--name cannot be used', {
    expected: 'letters, digits, - _ . (first a letter or digit, at most 100)',
    given: name,
  });
}

async function readAll(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}
