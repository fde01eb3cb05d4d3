/** Where the shards of a run lie unless told otherwise: beside it, each in a run directory of its own. */
import { join } from 'node:path';
import type { Shard } from '../study/shard.js';

/** Folder of the run directories of all shards. */
export function shardsFolder(runDir: string): string {
  return `${runDir}-shards`;
}

export function shardName({ index, count }: Shard): string {
  return `${index}-of-${count}`;
}

export function shardFolder(runDir: string, shard: Shard): string {
  return join(shardsFolder(runDir), shardName(shard));
}
