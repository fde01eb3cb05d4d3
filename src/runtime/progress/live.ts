/** What `live.json` holds: a session's progress, and what tells a reader whose it is and whether it is fresh. */
import { hostname } from 'node:os';
import type { Progress } from '../api.js';

export const liveVersion = 1;

export interface LiveState extends Progress {
  readonly version: typeof liveVersion;
  readonly host: string;
  readonly pid: number;
  /** ISO 8601, by the clock of `host`. */
  readonly writtenAt: string;
  /** Counts the writes of a session: clocks of two hosts differ, but a number that grows is a sign of life. */
  readonly sequence: number;
  /** Workers that are not listed, because the list is long. */
  readonly unlisted: number;
}

/** Workers in the file; who runs more looks at a few of them anyway. */
const listedWorkers = 2048;

/** Makes the states of one session. */
export function liveStates(): (progress: Progress) => LiveState {
  let sequence = 0;
  return (progress) => ({
    ...progress,
    version: liveVersion,
    host: hostname(),
    pid: process.pid,
    writtenAt: new Date().toISOString(),
    sequence: ++sequence,
    workers: progress.workers.slice(0, listedWorkers),
    unlisted: Math.max(0, progress.workers.length - listedWorkers),
  });
}
