/** Reads a study file: YAML and JSON with the position of every field, or a module that exports a study. */
import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import { InputError } from '../../errors/input-error.js';
import { readModule } from './module.js';
import type { StudyFile } from './places.js';
import { readYaml } from './yaml.js';

/** Bundles a module and all that it imports into one ES module; `hash` is the SHA-256 of `code` in hex. */
export type Bundle = (path: string) => Promise<{ readonly code: string; readonly hash: string }>;

export async function readStudyFile(path: string, bundle: Bundle): Promise<StudyFile> {
  const absolute = resolve(path);
  const text = await readText(absolute, path);
  switch (extname(absolute).toLowerCase()) {
    case '.yaml':
    case '.yml':
    case '.json':
      return readYaml(absolute, path, text);
    case '.ts':
    case '.mts':
    case '.js':
    case '.mjs':
      return readModule(absolute, path, text, bundle);
    default:
      throw new InputError('Not a study file by its name', {
        file: path,
        expected: 'a name that ends in .yaml, .yml, .json, .ts, .mts, .js or .mjs',
      });
  }
}

/** Text of a file that the user named; `shown` is how they named it. Throws InputError when there is none. */
export async function readText(absolute: string, shown: string): Promise<string> {
  return (await readBytes(absolute, shown)).toString('utf8');
}

export async function readBytes(absolute: string, shown: string): Promise<Buffer> {
  try {
    return await readFile(absolute);
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOENT':
      case 'ENOTDIR':
        throw new InputError('No such file', { file: shown }, { cause: error });
      case 'EISDIR':
        throw new InputError('A folder, not a file', { file: shown }, { cause: error });
      case 'EACCES':
        throw new InputError('No permission to read this file', { file: shown }, { cause: error });
      default:
        throw new EnvironmentError(`Cannot read ${shown}: ${(error as Error).message}`, { cause: error });
    }
  }
}
