import { resolve } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import { InputError } from '../../errors/input-error.js';
import { whetherAlive } from '../../process/identity.js';
import { readLock } from '../../store/lock.js';
import { mergeShards, readShards, type Shards } from '../../store/merge-shards.js';
import { type Arguments, type Command, hasFlag, positional, textOption } from '../command.js';
import type { CommandContext } from '../context.js';
import { readRunOptions } from '../options/run-options.js';
import { shownPath } from '../paths.js';
import { runStudy } from '../run-study.js';

const suffix = /-shards\/*$/;

export const mergeCommand: Command = {
  name: 'merge',
  describe:
    'Makes one run of all shards of a study, as if it had never been cut: the results, the statistics and the exports ' +
    'have the same bytes.',
  positionals: { SHARDS: 'Folder of the run directories of run --shard: runs/NAME-shards.' },
  options: {
    'run-dir': {
      describe: 'Folder of the run; that of the shards without -shards by default: runs/NAME.',
      value: 'DIR',
    },
    'if-complete': {
      describe:
        'Where a shard is missing or not complete, says so and leaves it at that: the last one to end merges.',
      isFlag: true,
    },
    json: { describe: 'The summary as one JSON document.', isFlag: true },
  },
  handle: async (args, context) => {
    const folder = resolve(context.cwd, positional(args, 'SHARDS'));
    const path = runDirOf(args, folder, context);
    const shards = readShards(folder);
    if (hasFlag(args, 'if-complete')) return mergeWithOthers(folder, path, args, context);
    if (shards.lacking.length > 0) {
      throw new InputError(inWords(shards.lacking), {
        file: folder,
        expected:
          'all shards of the study, complete: run STUDY --shard I/K makes one, resume goes on with one',
      });
    }
    await mergeShards(shards, path);
    return finish(shards, path, args, context);
  },
};

/** Tasks that end at the same moment all see that the shards are complete: one merges, the others leave it to that one. */
async function mergeWithOthers(
  folder: string,
  path: string,
  args: Arguments,
  context: CommandContext,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const shards = readShards(folder);
    const why = whyNotYet(shards, path);
    if (why !== undefined) {
      context.stderr.write(`not merged yet: ${why}\n`);
      return 0;
    }
    try {
      await mergeShards(shards, path);
      return await finish(shards, path, args, context);
    } catch (error) {
      // Another was faster by a moment, which the next look shows; or is done already, and there is nothing left to do.
      if (!(error instanceof EnvironmentError) || attempt === mostAttempts) throw error;
    }
  }
}

const mostAttempts = 5;

function runDirOf(args: Arguments, folder: string, { cwd }: CommandContext): string {
  const named = textOption(args, 'run-dir');
  if (named !== undefined) return resolve(cwd, named);
  if (suffix.test(folder)) return folder.replace(suffix, '');
  throw new InputError('merge needs --run-dir', {
    expected: 'the folder of the run, where that of the shards is not called NAME-shards',
    given: shownPath(folder, cwd),
  });
}

/** The last ones may end together, and then one of them has the run directory. */
function whyNotYet({ lacking }: Shards, path: string): string | undefined {
  if (lacking.length > 0) return inWords(lacking);
  const owner = readLock(path);
  const isHeld = owner?.state === 'held' && whetherAlive(owner) !== 'dead';
  return isHeld ? `process ${owner.pid} on host ${owner.host} is merging` : undefined;
}

function inWords([first = '', ...more]: readonly string[]): string {
  return more.length === 0 ? first : `${first}, and ${more.length} more are not complete`;
}

/** A run to which nothing is left writes its answer and its exports. */
function finish(
  { views }: Shards,
  runDir: string,
  { json }: Arguments,
  context: CommandContext,
): Promise<number> {
  const study = views[0]!.study;
  const options = readRunOptions(
    { ranks: '1', ...(json !== undefined && { json }), progress: 'none' },
    context.place,
  );
  return runStudy({ study, runDir, options, continuation: ['resume', runDir] }, context);
}
