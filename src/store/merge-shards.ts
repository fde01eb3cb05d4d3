/** One run directory of those of its shards: everything that their journals say, and what their programs printed. */
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../errors/input-error.js';
import { type Shard, shardRange, shardText } from '../study/shard.js';
import { indexJournal } from './journal/journal-index.js';
import { openJournal } from './journal/open.js';
import { readJournal } from './journal/read.js';
import { outputFolder } from './kept-output.js';
import { readManifest } from './manifest.js';
import { openRunDirectory, type RunDirectoryView, readRunDirectory } from './run-directory.js';

/** All shards of one study. */
export interface Shards {
  /** In the order of their cases; of those that are there. */
  readonly views: readonly RunDirectoryView[];
  /** Shards that are not there or have cases left, in words. */
  readonly lacking: readonly string[];
}

/**
 * The shards whose run directories lie in `folder`. Throws InputError where there are none, and where one is of
 * another study, naming it.
 */
export function readShards(folder: string): Shards {
  const views = shardViews(folder);
  const [one] = views;
  if (!one) {
    throw new InputError('there are no shards here', {
      file: folder,
      expected: 'a folder of run directories of run --shard, like runs/NAME-shards',
    });
  }
  const { count } = one.shard;
  for (const other of views) {
    if (other.view.manifest.fingerprint !== one.view.manifest.fingerprint) {
      throw new InputError('the shard is of another study', {
        file: other.view.path,
        expected: `${one.view.manifest.name} (fingerprint ${one.view.manifest.fingerprint.slice(0, 12)}), as ${one.view.path}`,
        given: `${other.view.manifest.name} (fingerprint ${other.view.manifest.fingerprint.slice(0, 12)})`,
      });
    }
    if (other.shard.count !== count) {
      throw new InputError('the study was cut otherwise here', {
        file: other.view.path,
        expected: `a shard of ${count}, as ${one.view.path}`,
        given: `shard ${shardText(other.shard)}`,
      });
    }
  }
  const found = new Map(views.map(({ view, shard }) => [shard.index, view]));
  const lacking = Array.from({ length: count }, (_, i) => {
    const view = found.get(i + 1);
    return view ? lackOf(view) : [`shard ${shardText({ index: i + 1, count })} is missing`];
  });
  const ordered = views.toSorted((a, b) => a.shard.index - b.shard.index).map(({ view }) => view);
  return { views: ordered, lacking: lacking.flat() };
}

/**
 * Puts all shards, which lack nothing, into the run directory at `path`. What is there already, after a merge that was
 * cut, is not done again. Throws what opening a run directory and its journal throws.
 */
export async function mergeShards({ views }: Shards, path: string): Promise<void> {
  const study = views[0]!.study;
  const directory = openRunDirectory(path, study);
  try {
    const { fingerprint } = study;
    const { journal, index } = openJournal(directory.paths.journal, {
      fingerprint,
      checkOwner: () => directory.checkOwner(),
    });
    try {
      for (const view of views) {
        const { first, count } = rangeOf(view);
        directory.adopt(view.manifest);
        copyOutput(view.path, path);
        if (index.done.missing(first, count).next().done) continue;
        for (const { kind, bytes } of readJournal(view.paths.journal, fingerprint)) {
          journal.append(kind, bytes);
          if (journal.backlogBytes > mostBacklogBytes) await journal.flush();
        }
        await journal.flush();
      }
    } finally {
      await journal.close();
    }
  } finally {
    directory.close();
  }
}

const mostBacklogBytes = 64 << 20;

interface Found {
  readonly view: RunDirectoryView;
  readonly shard: Shard;
}

function shardViews(folder: string): readonly Found[] {
  if (!existsSync(folder)) throw new InputError('there is no such folder', { file: folder });
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      const shard = readManifest(path)?.shard;
      return shard ? [{ view: readRunDirectory(path), shard }] : [];
    });
}

function lackOf(view: RunDirectoryView): readonly string[] {
  const { first, count } = rangeOf(view);
  const { done } = indexJournal(view.paths.journal, view.manifest.fingerprint);
  let missing = 0;
  for (const part of done.missing(first, count)) missing += part.count;
  const { shard } = view.manifest;
  return missing === 0 || !shard
    ? []
    : [`shard ${shardText(shard)} has ${count - missing} of ${count} cases`];
}

function rangeOf({ manifest, study }: RunDirectoryView): { first: number; count: number } {
  return manifest.shard
    ? shardRange(manifest.shard, study.cases.count)
    : { first: 0, count: study.cases.count };
}

/** Files have the names of their processes and the time, so that none is another's. */
function copyOutput(from: string, to: string): void {
  const folder = outputFolder(from);
  if (existsSync(folder)) cpSync(folder, outputFolder(to), { recursive: true });
}
