/** Which processes belong to a run, what each of them is, and which of them are still there. */
import { readdirSync, readFileSync } from 'node:fs';

export type Role =
  /** The process that a user started. */
  | 'parent'
  /** mpirun or mpiexec, and what it starts its ranks through. */
  | 'launcher'
  | 'rank 0'
  | 'rank'
  /** Computes beside a coordinator, over standard input and output. */
  | 'child'
  | 'guardian'
  | 'other';

export interface RunProcess {
  readonly pid: number;
  /** Together with the number it tells a process from all others. */
  readonly startTime: string;
  readonly role: Role;
}

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly startTime: string;
  readonly command: readonly string[];
  readonly environment: readonly string[];
}

/** Everything that carries `SHOAL_TEST_MARK=mark`, and whatever these have started. */
export function processesOf(mark: string, root: number): RunProcess[] {
  const entries = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readEntry(Number(name)))
    .filter((entry) => entry !== undefined);
  const members = new Set(
    entries
      .filter(({ environment }) => environment.includes(`SHOAL_TEST_MARK=${mark}`))
      .map(({ pid }) => pid),
  );
  for (let size = -1; size !== members.size; ) {
    size = members.size;
    for (const { pid, parent } of entries) if (members.has(parent)) members.add(pid);
  }
  return entries
    .filter(({ pid }) => members.has(pid))
    .map((entry) => ({ pid: entry.pid, startTime: entry.startTime, role: roleOf(entry, root) }));
}

/** False for one that has ended, also when nobody has asked for its exit code yet. */
export function isThere({ pid, startTime }: RunProcess): boolean {
  return readEntry(pid)?.startTime === startTime;
}

function readEntry(pid: number): Entry | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // The first thread of a process can have ended while another is still in a write.
    if (fields[0] === 'Z' && readdirSync(`/proc/${pid}/task`).length <= 1) return undefined;
    return {
      pid,
      parent: Number(fields[1]),
      startTime: fields[19]!,
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'),
      environment: readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0'),
    };
  } catch {
    // It ended while it was looked at.
    return undefined;
  }
}

function roleOf({ pid, command, environment }: Entry, root: number): Role {
  if (command.includes('worker-stdio')) return 'child';
  const name = command[0]?.split('/').at(-1) ?? '';
  if (/^(mpirun|mpiexec|hydra_|orted|prte)/.test(name)) return 'launcher';
  const rank = environment.find((line) => /^(OMPI_COMM_WORLD_RANK|PMI_RANK)=/.test(line))?.split('=')[1];
  if (rank !== undefined && name === 'node') return rank === '0' ? 'rank 0' : 'rank';
  if (pid === root) return 'parent';
  return name === 'sh' && command.some((text) => text.includes("ids=' '")) ? 'guardian' : 'other';
}
