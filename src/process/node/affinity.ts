/** The cores that this process may run on, and whether a launcher has chosen them. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Numbers of the cores, those of one physical core side by side. All from 0 up where the system does not tell. */
export function allowedCores(): readonly number[] {
  const list = allowedList('self');
  if (list === undefined) return Array.from({ length: availableParallelism() }, (_, i) => i);
  const cores = parseCoreList(list);
  const places = new Map(cores.map((core) => [core, placeOf(core)]));
  return cores.sort((a, b) => {
    const [packageA = 0, coreA = a] = places.get(a) ?? [];
    const [packageB = 0, coreB = b] = places.get(b) ?? [];
    return packageA - packageB || coreA - coreB || a - b;
  });
}

/** `0-3,8,10-11`, as the kernel writes lists of cores. */
export function parseCoreList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
}

/** What starts ranks on a node; `orterun` and `hydra_pmi_proxy` are cut by the kernel at 15 letters. */
const launchers = /^(mpirun|mpiexec|orterun|orted|prted|prterun|hydra_|slurmstepd|srun|aprun|palsd)/;

/**
 * Cores that the launcher of this rank has for all its ranks here; undefined without a launcher among our ancestors.
 * A rank that may use fewer of them has been bound.
 */
export function launcherCores(): readonly number[] | undefined {
  for (let pid = process.ppid; pid > 1; ) {
    const facts = readStatus(pid);
    if (!facts) return undefined;
    if (launchers.test(facts.name)) return parseCoreList(facts.cores);
    pid = facts.parent;
  }
  return undefined;
}

function readStatus(pid: number): { name: string; parent: number; cores: string } | undefined {
  const text = readProc(`${pid}/status`);
  if (text === undefined) return undefined;
  const field = (name: string): string => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(text)?.[1] ?? '';
  return { name: field('Name'), parent: Number(field('PPid')), cores: field('Cpus_allowed_list') };
}

function allowedList(who: string): string | undefined {
  return /^Cpus_allowed_list:\s*(.*)$/m.exec(readProc(`${who}/status`) ?? '')?.[1];
}

/** Package and physical core of a logical one. */
function placeOf(core: number): readonly [number, number] | undefined {
  const folder = `/sys/devices/system/cpu/cpu${core}/topology`;
  try {
    return [
      Number(readFileSync(`${folder}/physical_package_id`, 'latin1')),
      Number(readFileSync(`${folder}/core_id`, 'latin1')),
    ];
  } catch {
    return undefined;
  }
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return undefined;
  }
}
