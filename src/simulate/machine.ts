/** The machine that a simulated run has: how many workers, how fast, what a message costs, what goes wrong. */

export interface Machine {
  readonly workers: number;
  /** Node coordinators, among whom the workers are shared out evenly; all workers are the root's own when absent. */
  readonly coordinators?: number;
  /** Speed of each worker beside one on which tasks last as long as they say; all 1 when absent. */
  readonly speeds?: ArrayLike<number>;
  /** From the end of a send to the arrival. */
  readonly latencyMs: number;
  readonly coordinator: CoordinatorCosts;
  /**
   * Real workers for each that is simulated, 1 when absent: the root, which is all that they share, is so many times as
   * busy with each. Node coordinators have whole crews.
   */
  readonly workersForEach?: number;
  /** What a worker spends beside computing, for each call of the kernel and for each message. */
  readonly worker: { readonly pieceMs: number; readonly messageMs: number };
  readonly deaths: readonly Death[];
  /** From a death to the coordinator's knowledge of it; not before what the worker had sent. */
  readonly noticeMs: number;
  /** From that knowledge to a successor that is ready; absent where lost workers are not replaced. */
  readonly replaceMs?: number;
}

/** Time of the coordinator's one thread. */
export interface CoordinatorCosts {
  /** For each message that it reads, its answer included. */
  readonly messageMs: number;
  /** For each block of results, its part of the journal included. */
  readonly blockMs: number;
  /** For each range that it hands out. */
  readonly rangeMs: number;
}

/** Workers are numbered from 0; successors go on behind the last. */
export interface Death {
  readonly worker: number;
  readonly atMs: number;
}

/** Costs of a coordinator that serves `factor` times as many as come to it. */
export function timesCosts(
  { messageMs, blockMs, rangeMs }: CoordinatorCosts,
  factor: number,
): CoordinatorCosts {
  return { messageMs: messageMs * factor, blockMs: blockMs * factor, rangeMs: rangeMs * factor };
}

/**
 * Costs from two rates that `npm run bench -- tasks` measures: empty tasks a second with one task in each message
 * (`tasks.single`), and with all that waits in one message (`tasks.batched-journalled`).
 */
export function costsFromRates(singlePerSecond: number, batchedPerSecond: number): CoordinatorCosts {
  // In batches a task costs a range alone, since its worker joins short ranges; a block costs about as much.
  const rangeMs = 1000 / batchedPerSecond;
  const blockMs = rangeMs;
  return { messageMs: 1000 / singlePerSecond - blockMs - rangeMs, blockMs, rangeMs };
}

/**
 * One thread of a shared EPYC core over Open MPI, by the medians of `npm run bench -- tasks` there: 450,000 tasks a second
 * one by one, 5 million in batches with the journal on. 20 µs on the way is that of a slow network.
 */
export function typicalMachine(workers: number): Machine {
  return {
    workers,
    latencyMs: 0.02,
    coordinator: costsFromRates(450_000, 5_000_000),
    worker: { pieceMs: 0.0005, messageMs: 0.001 },
    deaths: [],
    noticeMs: 100,
  };
}
