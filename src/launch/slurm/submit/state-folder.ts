/** The user's own state: one small file a submission, and what was found out of hosts. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from '../../../errors/environment-error.js';
import { writeFileAtomic } from '../../../store/atomic-file.js';
import type { JobSources, SourceMemory } from '../jobs/sources.js';
import { parseSubmission, type Submission } from './submission.js';

export class StateFolder implements SourceMemory {
  readonly #path: string;

  constructor(environment: NodeJS.ProcessEnv) {
    const { XDG_STATE_HOME: base, HOME: home = homedir() } = environment;
    // The specification has relative paths ignored.
    this.#path = join(base?.startsWith('/') ? base : join(home, '.local', 'state'), 'shoal');
  }

  /** Durable when this returns. */
  keep(submission: Submission): void {
    this.#write(join('jobs', `${submission.token}.json`), submission);
  }

  /** Newest first. Files that are no submissions are passed over. */
  submissions(): readonly Submission[] {
    const folder = join(this.#path, 'jobs');
    return listed(folder)
      .filter((name) => name.endsWith('.json'))
      .map((name) => readText(join(folder, name)))
      .flatMap((text) => (text === undefined ? [] : (parseSubmission(text) ?? [])))
      .sort((a, b) => b.created.localeCompare(a.created) || b.token.localeCompare(a.token));
  }

  read(host: string): JobSources | undefined {
    const text = readText(join(this.#path, 'hosts', `${fileName(host)}.json`));
    if (text === undefined) return undefined;
    try {
      const { squeue, scontrol, sacct, schemaVersion } = JSON.parse(text) as JobSources & {
        schemaVersion?: number;
      };
      return schemaVersion === 1 ? { squeue, scontrol, sacct } : undefined;
    } catch {
      return undefined;
    }
  }

  write(host: string, sources: JobSources): void {
    this.#write(join('hosts', `${fileName(host)}.json`), { schemaVersion: 1, ...sources });
  }

  #write(name: string, value: unknown): void {
    const path = join(this.#path, name);
    try {
      mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new EnvironmentError(`cannot create the folder of ${path}: ${(error as Error).message}`, {
        cause: error,
        hint: 'XDG_STATE_HOME names another place',
      });
    }
    writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`, 0o600);
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new EnvironmentError(`cannot read ${folder}: ${(error as Error).message}`, { cause: error });
  }
}

/** Another process may replace or remove a file between two looks. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** `user@host` as a name of a file; two hosts have two. */
function fileName(host: string): string {
  return encodeURIComponent(host);
}
