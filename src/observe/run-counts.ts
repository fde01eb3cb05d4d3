/** How many cases of a run are done, and of how many: the cheapest question to a run directory. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { indexJournal } from '../store/journal/journal-index.js';
import { readManifest } from '../store/manifest.js';
import { runPaths } from '../store/run-directory.js';

export interface RunCounts {
  readonly done: number;
  readonly cases: number;
}

/** Undefined where no run was started yet. */
export function runCounts(path: string): RunCounts | undefined {
  const manifest = readManifest(path);
  if (!manifest) return undefined;
  return {
    done: indexJournal(runPaths(path).journal, manifest.fingerprint).done.total,
    cases: manifest.cases,
  };
}

/** Of all shards in a folder that have been started. */
export function shardCounts(folder: string): RunCounts | undefined {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    return undefined;
  }
  const counts = names.map((name) => runCounts(join(folder, name))).filter((each) => each !== undefined);
  if (counts.length === 0) return undefined;
  return counts.reduce((sum, { done, cases }) => ({ done: sum.done + done, cases: sum.cases + cases }));
}
