/** The control groups that this process is in, from its own to the root, in both versions of the interface. */
import { readFileSync } from 'node:fs';

export interface GroupFolder {
  readonly version: 1 | 2;
  readonly path: string;
}

/** Folders that may limit `controller`, outermost first. `root` is where the groups are mounted, for tests. */
export function groupFolders(controller: string, root: string, membership: string): readonly GroupFolder[] {
  const found: GroupFolder[] = [];
  for (const line of membership.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    if (controllers === '') {
      for (const folder of ancestors(path)) found.push({ version: 2, path: `${root}${folder}` });
    } else if (controllers?.split(',').includes(controller)) {
      for (const folder of ancestors(path))
        found.push({ version: 1, path: `${root}/${controller}${folder}` });
    }
  }
  return found;
}

export const groupRoot = '/sys/fs/cgroup';

/** Says which groups this process is in. */
export const membershipFile = '/proc/self/cgroup';

export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function ancestors(path: string): string[] {
  const parts = path.split('/').filter(Boolean);
  return ['', ...parts.map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)];
}
