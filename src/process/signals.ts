/** From signals to abort signals: the first asks to stop, the second ends at once. */

export interface StopSignals {
  /** No new cases, running ones may end. The reason is the signal's name. */
  readonly stop: AbortSignal;
  /** Leave now, whatever is running. */
  readonly abort: AbortSignal;
  /** Takes the listeners away again: the next signal has its default effect. Idempotent. */
  close(): void;
}

/** SIGUSR2 is what a batch script or a parent under a launcher sends ahead of time; SIGUSR1 opens Node's inspector. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const;

/**
 * One signal can arrive twice within moments (a terminal's to the group and a launcher's that forwards it), so a
 * second one counts as impatience only after this time.
 */
const impatienceMs = 500;

export function listenForStop(now: () => number = Date.now): StopSignals {
  const stop = new AbortController();
  const abort = new AbortController();
  let firstAt = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    if (!stop.signal.aborted) {
      firstAt = now();
      stop.abort(name);
    } else if (now() - firstAt >= impatienceMs) {
      abort.abort(name);
    }
  };
  for (const name of signals) process.on(name, onSignal);
  return {
    stop: stop.signal,
    abort: abort.signal,
    close: () => {
      for (const name of signals) process.off(name, onSignal);
    },
  };
}

/**
 * For ranks other than 0: launchers pass a stop request to every rank of a job. The coordinator acts on it and tells
 * the others, which must be there to hand in what they have; a launcher that means it sends SIGKILL next.
 */
export function ignoreStopRequests(): void {
  for (const name of signals) process.on(name, () => {});
}
