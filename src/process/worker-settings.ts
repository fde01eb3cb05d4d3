/** What a worker's process is told by its starter, as one argument. */

export interface WorkerSettings {
  readonly worker: number;
  /** Threads that its kernel may use. */
  readonly threads: number;
  /** Folder for scratch; it need not exist, and its starter removes it. */
  readonly scratch: string;
  /** Slots of the beacon on descriptor 3; 0 where there is none. */
  readonly beaconSlots: number;
  /** Cores to bind itself to; absent for none in particular. */
  readonly cores?: readonly number[];
  /** Names of all GPUs of the host, where its starter has looked. */
  readonly gpus?: readonly string[];
  /** What all workers of the host may use together; its starter may have put it into a control group that has less. */
  readonly memoryBytes?: number;
  /** It is in a memory group of its own, and nobody else is. */
  readonly isGrouped?: boolean;
  /** It is on another host than its starter: its scratch is its own to remove, and it ends with its connection. */
  readonly isCarried?: boolean;
  /** It leaves when it is asked to, by SIGTERM; others stay as long as the run lasts. */
  readonly isGuest?: boolean;
}

export function encodeSettings(settings: WorkerSettings): string {
  return JSON.stringify(settings);
}

/** Comes from a starter of the same build. */
export function decodeSettings(text: string): WorkerSettings {
  return JSON.parse(text) as WorkerSettings;
}
