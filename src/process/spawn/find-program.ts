/** From a program's name to its path, as a shell finds it. */
import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';

const usualPath = '/usr/local/bin:/usr/bin:/bin';

/** Remembers what it found: a study calls the same programs again and again. */
export class ProgramFinder {
  readonly #path: string;
  readonly #found = new Map<string, string>();

  constructor(path: string | undefined) {
    this.#path = path ?? usualPath;
  }

  /**
   * Path of a program, or undefined where there is none. A name with a slash is taken as it is, from `cwd` on.
   * `path` is a PATH to use instead of the usual one.
   */
  find(program: string, cwd: string, path?: string): string | undefined {
    if (program === '') return undefined;
    if (program.includes('/')) return isAbsolute(program) ? program : resolve(cwd, program);
    if (path !== undefined) return search(program, cwd, path);
    const known = this.#found.get(program);
    if (known !== undefined) return known;
    const found = search(program, cwd, this.#path);
    // What a relative folder of PATH means depends on where the command runs.
    if (found !== undefined && !this.#path.split(':').some((folder) => !isAbsolute(folder))) {
      this.#found.set(program, found);
    }
    return found;
  }

  /** What was found could not be started: next time it is looked for again. */
  forget(program: string): void {
    this.#found.delete(program);
  }
}

/** The first executable file; else the first file, whose start then says what is wrong with it. */
function search(program: string, cwd: string, path: string): string | undefined {
  let other: string | undefined;
  for (const folder of path.split(':')) {
    const file = resolve(cwd, folder, program);
    if (!succeeds(() => statSync(file).isFile())) continue;
    if (succeeds(() => accessSync(file, constants.X_OK) === undefined)) return file;
    other ??= file;
  }
  return other;
}

function succeeds(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
