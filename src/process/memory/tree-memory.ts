/** Memory of a process and of all that it has started. */
import { readFileSync } from 'node:fs';
import { descendantsOf } from '../guardian/process-list.js';
import { residentBytes } from './resident.js';

export interface TreeMemory {
  readonly bytes: number;
  /** The processes, largest first. */
  readonly parts: readonly { readonly pid: number; readonly name: string; readonly bytes: number }[];
}

/**
 * Resident memory of the tree where it is more than `limitBytes`; undefined where it is not, which is found out
 * cheaply. Pages that several processes share count once: what they have in common is divided among them.
 */
export function memoryAbove(limitBytes: number, pid: number): TreeMemory | undefined {
  const pids = [pid, ...descendantsOf(pid)];
  const sum = pids.reduce((total, member) => total + (residentBytes(member) ?? 0), 0);
  if (sum <= limitBytes) return undefined;
  const parts = pids
    .map((member) => ({
      pid: member,
      name: nameOf(member),
      bytes: (pids.length > 1 ? proportionalBytes(member) : undefined) ?? residentBytes(member) ?? 0,
    }))
    .sort((a, b) => b.bytes - a.bytes);
  const bytes = parts.reduce((total, part) => total + part.bytes, 0);
  return bytes > limitBytes ? { bytes, parts } : undefined;
}

/** A walk through all pages of the process: milliseconds a gigabyte. */
function proportionalBytes(pid: number): number | undefined {
  try {
    const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
    return match ? Number(match[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '?';
  }
}
