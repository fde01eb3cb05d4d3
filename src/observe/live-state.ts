import { type LiveState, liveVersion } from '../runtime/progress/live.js';
import { readLiveFile } from '../store/live-file.js';

/** What a session shows of itself in `live.json`; undefined where there is nothing, or nothing that we can read. */
export function readLiveState(runDir: string): LiveState | undefined {
  const live = readLiveFile(runDir);
  return isLiveState(live) ? live : undefined;
}

/** It is written by another process, maybe of another version. */
function isLiveState(value: unknown): value is LiveState {
  const live = value as Partial<LiveState> | null | undefined;
  return live?.version === liveVersion && typeof live.sequence === 'number' && Array.isArray(live.workers);
}

/** How long ago it was written, by the two hosts' clocks. */
export function ageOf(live: LiveState, nowMs: number): number {
  return Math.max(0, nowMs - Date.parse(live.writtenAt));
}
