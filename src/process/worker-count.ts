/** How many workers this machine has room for. */
import { availableCores } from './cores.js';
import { availableMemory } from './memory.js';

/** One for each core, or fewer where each may use so much memory; at least 1. */
export function roomForWorkers(
  memoryLimitBytes: number,
  cores = availableCores(),
  memoryBytes = availableMemory(),
): number {
  const fitting = Number.isFinite(memoryLimitBytes) ? Math.floor(memoryBytes / memoryLimitBytes) : cores;
  return Math.max(1, Math.min(cores, fitting));
}
