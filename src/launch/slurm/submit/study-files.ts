/** The files of a study that go to a host: what lies beside and below the study file. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../errors/input-error.js';

/** A folder with more than this is not that of a study alone. */
const mostFiles = 2_000;

/** Not hidden ones, runs, installed packages and what programs leave behind. Paths relative to the folder. */
export function studyFiles(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (below: string): void => {
    for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (/(?:^|\/)(?:\.[^/]*|node_modules|__pycache__)$|^runs$|-shards$/.test(path)) continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) found.push(path);
      if (found.length > mostFiles) {
        throw new InputError('the folder of the study holds too much to be sent', {
          file: folder,
          expected: `at most ${mostFiles} files`,
          hint: 'Put the study, and what it needs, in a folder of its own',
        });
      }
    }
  };
  visit('');
  return found.sort();
}
