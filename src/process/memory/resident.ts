import { readFileSync } from 'node:fs';

/** Memory of a process that is in RAM; undefined when it is gone, or where the system does not tell. */
export function residentBytes(pid: number): number | undefined {
  try {
    // In KiB, whatever the size of a page.
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return match ? Number(match[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
}
