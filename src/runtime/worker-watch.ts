/** What each worker does, seen by looking now and then: the coordinator itself notes nothing for it. */
import { hostname } from 'node:os';
import type { CoordinatorState, WorkerState } from '../coordinator/state.js';
import { residentBytes } from '../process/memory/resident.js';
import type { WorkerProgress } from './api.js';

/** Rates follow what happens with this time constant. */
const smoothingMs = 8_000;
/** Least time between two samples of a rate, and between two looks at a process's memory. */
const sampleMs = 1_000;

interface Track {
  host: string;
  pid: number | undefined;
  lastMessage: string | undefined;
  memoryBytes: number | undefined;
  /** First case and number of done cases at the last look, and since when they are these. */
  first: number;
  done: number;
  sinceMs: number;
  sampledMs: number;
  sampledDone: number;
  rate: number;
  /** Share of the past that the rate has seen, which corrects it while it is young. */
  seen: number;
}

export class WorkerWatch {
  readonly #tracks = new Map<number, Track>();
  readonly #ownHost = hostname();

  joined(worker: number, host: string, pid: number): void {
    Object.assign(this.#track(worker), { host, pid });
  }

  said(worker: number, text: string): void {
    this.#track(worker).lastMessage = text.slice(0, messageLength);
  }

  weighed(worker: number, memoryBytes: number): void {
    this.#track(worker).memoryBytes = memoryBytes;
  }

  look({ workers }: Pick<CoordinatorState, 'workers'>, nowMs: number): WorkerProgress[] {
    return Array.from(workers.values(), (entry) => {
      const track = this.#track(entry.worker);
      this.#notice(track, entry, nowMs);
      const first = entry.team?.members[0];
      // It speaks for its ranks, which are where it is.
      if (first !== undefined && track.host === '') track.host = this.#track(first).host;
      return progressOf(entry, track, nowMs);
    });
  }

  #notice(track: Track, { outstanding, done, status }: WorkerState, nowMs: number): void {
    const first = outstanding.length > 0 ? outstanding.headFirst : -1;
    if (first !== track.first || done !== track.done) {
      track.first = first;
      track.done = done;
      track.sinceMs = nowMs;
    }
    const passedMs = nowMs - track.sampledMs;
    if (passedMs < sampleMs) return;
    if (track.sampledMs >= 0) {
      const weight = 1 - Math.exp(-passedMs / smoothingMs);
      track.rate += weight * (((done - track.sampledDone) / passedMs) * 1000 - track.rate);
      track.seen += weight * (1 - track.seen);
    }
    track.sampledMs = nowMs;
    track.sampledDone = done;
    if (status === 'gone') track.memoryBytes = undefined;
    // Of a process on this host that computes for long and so tells nothing itself.
    else if (track.host === this.#ownHost && track.pid !== undefined) {
      track.memoryBytes = residentBytes(track.pid);
    }
  }

  #track(worker: number): Track {
    let track = this.#tracks.get(worker);
    if (!track) {
      track = { ...blank };
      this.#tracks.set(worker, track);
    }
    return track;
  }
}

const messageLength = 200;

const blank: Readonly<Track> = {
  host: '',
  pid: undefined,
  lastMessage: undefined,
  memoryBytes: undefined,
  first: -1,
  done: 0,
  sinceMs: 0,
  sampledMs: Number.NEGATIVE_INFINITY,
  sampledDone: 0,
  rate: 0,
  seen: 0,
};

function progressOf(entry: WorkerState, track: Track, nowMs: number): WorkerProgress {
  const { worker, outstanding, done, failed, team } = entry;
  const { host, pid, memoryBytes, lastMessage, rate, seen } = track;
  return {
    ...{ worker, host, state: stateOf(entry), done, failed, rate: seen > 0 ? rate / seen : 0 },
    ...(pid !== undefined && { pid }),
    ...(outstanding.length > 0 && {
      current: {
        first: outstanding.headFirst,
        count: outstanding.headCount,
        forMs: Math.round(nowMs - track.sinceMs),
      },
    }),
    ...(team && { team: { ranks: team.members.length, busy: Math.min(team.ready, team.pieces) } }),
    ...(memoryBytes !== undefined && { memoryBytes }),
    ...(lastMessage !== undefined && { lastMessage }),
  };
}

function stateOf({ status, isLost, outstanding, team }: WorkerState): WorkerProgress['state'] {
  if (isLost) return 'lost';
  if (status === 'joining') return 'joining';
  return outstanding.length > 0 || (team && team.pieces > 0) ? 'busy' : 'idle';
}
