/** A control group of our own that limits the memory of a worker and of all it starts, where the site lets us make one. */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GroupFolder, groupFolders, groupRoot, membershipFile, readText } from './cgroup.js';

export interface MemoryGroup {
  /** The process, and whatever it starts from now on, counts as one. */
  add(pid: number): void;
  /** How often the kernel has ended a member for going beyond the limit. */
  kills(): number;
  /** When its members have ended. Idempotent. */
  remove(): void;
}

/**
 * The folder below which groups may be made: that of this process, where it has been delegated to us. Undefined
 * elsewhere, and where SHOAL_CGROUP is `off`: then memory is looked at now and then instead.
 */
export function delegatedFolder(
  environment: NodeJS.ProcessEnv = process.env,
  root = groupRoot,
  membership = membershipFile,
): GroupFolder | undefined {
  if (environment.SHOAL_CGROUP === 'off') return undefined;
  const folders = groupFolders('memory', root, readText(membership) ?? '');
  for (const version of [2, 1] as const) {
    const own = folders.findLast((folder) => folder.version === version);
    if (own && isUsable(own)) return own;
  }
  return undefined;
}

/** Undefined where the system refuses in the end, whatever it promised. */
export function makeMemoryGroup(
  parent: GroupFolder,
  name: string,
  limitBytes: number,
): MemoryGroup | undefined {
  const folder = join(parent.path, name);
  const isV2 = parent.version === 2;
  try {
    mkdirSync(folder);
    writeFileSync(
      join(folder, isV2 ? 'memory.max' : 'memory.limit_in_bytes'),
      String(Math.round(limitBytes)),
    );
    // All members end together: what is left of them would only wait for those that are gone.
    if (isV2) writeIfThere(join(folder, 'memory.oom.group'), '1');
    writeIfThere(join(folder, 'memory.swap.max'), '0');
  } catch {
    removeFolder(folder);
    return undefined;
  }
  return {
    add: (pid) => writeFileSync(join(folder, 'cgroup.procs'), String(pid)),
    kills: () => {
      const text = readText(join(folder, isV2 ? 'memory.events' : 'memory.oom_control')) ?? '';
      return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
    },
    remove: () => removeFolder(folder),
  };
}

function isUsable({ version, path }: GroupFolder): boolean {
  if (version === 2 && !/\bmemory\b/.test(readText(join(path, 'cgroup.subtree_control')) ?? '')) return false;
  const trial = join(path, `shoal-trial-${process.pid}`);
  try {
    mkdirSync(trial);
    return existsSync(join(trial, version === 2 ? 'memory.max' : 'memory.limit_in_bytes'));
  } catch {
    return false;
  } finally {
    removeFolder(trial);
  }
}

function writeIfThere(file: string, text: string): void {
  if (existsSync(file)) writeFileSync(file, text);
}

/** One that still has members, or is not there, stays as it is. */
function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // The guardian tries again when everybody has ended.
  }
}
