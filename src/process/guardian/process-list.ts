/** The processes of this machine, as /proc tells of them; none where there is no /proc. */
import { readdirSync, readFileSync } from 'node:fs';

export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
}

/** All that have not ended. Some 10 µs each: for rare occasions. */
export function listProcesses(): readonly ProcessEntry[] {
  const found: ProcessEntry[] = [];
  for (const pid of numbersIn('/proc')) {
    const entry = readEntry(pid);
    if (entry) found.push(entry);
  }
  return found;
}

/** Processes of this session, and those that have `mark` in their environment, wherever they have moved. */
export function membersOf(session: number, mark: string): readonly number[] {
  return listProcesses()
    .filter((entry) => entry.session === session || isMarked(entry.pid, mark))
    .map(({ pid }) => pid);
}

/** What this process has started, and what these have, by their parents; itself not included. */
export function descendantsOf(pid: number): readonly number[] {
  const found: number[] = [];
  const visit = (parent: number): boolean => {
    const children = childrenOf(parent);
    if (!children) return false;
    for (const child of children) {
      found.push(child);
      if (!visit(child)) return false;
    }
    return true;
  };
  return visit(pid) ? found : descendantsInList(pid);
}

/** Ends or asks whoever is still there; one that has gone, or is not ours any more, is what was wanted. */
export function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ESRCH' && code !== 'EPERM') throw error;
    }
  }
}

function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
  } catch {
    // Gone, or somebody else's.
    return false;
  }
}

function readEntry(pid: number): ProcessEntry | undefined {
  try {
    // Behind the name in parentheses: state, parent, process group, session.
    const [state, parent, , session] = readFileSync(`/proc/${pid}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ', 4);
    return state === 'Z' ? undefined : { pid, parent: Number(parent), session: Number(session) };
  } catch {
    return undefined;
  }
}

/** By all threads of the process; undefined where the system keeps no such list. */
function childrenOf(pid: number): readonly number[] | undefined {
  const threads = numbersIn(`/proc/${pid}/task`);
  try {
    return threads.flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    // A thread can end between the two looks; without the list in the kernel every look ends here.
    return numbersIn(`/proc/${pid}/task`).length === 0 ? [] : undefined;
  }
}

function descendantsInList(pid: number): readonly number[] {
  const all = listProcesses();
  const found = new Set([pid]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const entry of all) if (found.has(entry.parent)) found.add(entry.pid);
  }
  found.delete(pid);
  return [...found];
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}
