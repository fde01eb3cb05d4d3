/** Waiting without blocking: one loop tests all requests that someone awaits, and slows down when none completes. */

interface Testable {
  /** True when complete; throws when it failed. */
  test(): boolean;
}

interface Waiter {
  readonly request: Testable;
  resolve(): void;
  reject(reason: unknown): void;
}

/** Idle time during which every turn of the event loop polls; then a timer does, once a millisecond. */
const spinMs = 2;
const idleTimerMs = 1;

const waiters = new Set<Waiter>();
let isPolling = false;
let busyAt = 0;

/** Resolves when `request.test()` says so. The event loop stays alive meanwhile, and the process with it. */
export function completion(request: Testable, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    if (request.test()) {
      resolve();
      return;
    }
    const stop = () => {
      waiters.delete(waiter);
      reject(signal?.reason);
    };
    const waiter: Waiter = {
      request,
      resolve: () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      },
      reject: (reason) => {
        signal?.removeEventListener('abort', stop);
        reject(reason);
      },
    };
    signal?.addEventListener('abort', stop, { once: true });
    waiters.add(waiter);
    busyAt = performance.now();
    if (!isPolling) {
      isPolling = true;
      setImmediate(poll);
    }
  });
}

function poll(): void {
  let isProgress = false;
  for (const waiter of waiters) {
    try {
      if (!waiter.request.test()) continue;
      waiter.resolve();
    } catch (error) {
      waiter.reject(error);
    }
    waiters.delete(waiter);
    isProgress = true;
  }
  if (waiters.size === 0) {
    isPolling = false;
    return;
  }
  const now = performance.now();
  if (isProgress) busyAt = now;
  if (now - busyAt < spinMs) setImmediate(poll);
  else setTimeout(poll, idleTimerMs);
}
