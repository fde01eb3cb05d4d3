/** How many workers this machine has room for. */
import { availableMemory, hostMemory } from '../memory/memory.js';
import { availableCores } from './cores.js';

/** One for each core, or fewer where each may use so much memory; at least 1. */
export function roomForWorkers(
  memoryLimitBytes: number,
  cores = availableCores(),
  memoryBytes = Math.min(availableMemory(), hostMemory()),
): number {
  const fitting = Number.isFinite(memoryLimitBytes) ? Math.floor(memoryBytes / memoryLimitBytes) : cores;
  return Math.max(1, Math.min(cores, fitting));
}
