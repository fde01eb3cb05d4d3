/** Many requests in one array, completed by one call (MPI standard, "Multiple Completions"). */
import { isInterruption, mpiError } from './errors.js';
import { functions } from './functions.js';
import { type HandleArray, newHandles, predefined } from './library.js';
import { completion } from './polling.js';
import type { PersistentRequest, Request } from './request.js';
import { layout, newStatuses, type Status } from './status.js';

const c = functions(
  'int MPI_Testsome(int incount, MPI_Request array_of_requests[], int *outcount, int array_of_indices[], MPI_Status array_of_statuses[])',
  'int MPI_Startall(int count, MPI_Request array_of_requests[])',
);

const outcount = new Int32Array(1);

/**
 * Requests whose handles lie side by side, so that a call tests or waits for all of them and allocates nothing.
 * A request belongs to the group it was put into last.
 */
export class RequestGroup<Member extends Request = Request> {
  readonly requests: readonly Member[];
  /** Positions in `requests` that the last `testSome` found complete: as many of the first as it returned. */
  readonly completed: Int32Array;
  readonly #cells: HandleArray;
  readonly #statuses: Int32Array;

  constructor(requests: readonly Member[]) {
    const count = requests.length;
    const none = predefined('MPI_REQUEST_NULL');
    this.requests = requests;
    this.completed = new Int32Array(Math.max(1, count));
    this.#cells = newHandles(Math.max(1, count));
    this.#statuses = newStatuses(count);
    requests.forEach((request, i) => {
      if (request.isActive || request.isPersistent) request.moveHandle(this.#cells.subarray(i, i + 1));
      else this.#cells[i] = none;
    });
  }

  /** Starts every request; all must be persistent and complete. */
  startAll(this: RequestGroup<PersistentRequest>): void {
    const code = c.MPI_Startall(this.requests.length, this.#cells);
    if (code !== 0) throw mpiError(code, 'MPI_Startall');
    for (const request of this.requests) request.activate();
  }

  /**
   * How many active requests were found complete now; `completed` says which. Throws MpiError when one of them
   * failed; all that `completed` lists are complete then, too, but for receives that a rank's death has interrupted.
   */
  testSome(): number {
    const code = c.MPI_Testsome(this.requests.length, this.#cells, outcount, this.completed, this.#statuses);
    const count = outcount[0]!;
    if (count <= 0) {
      if (code !== 0) throw mpiError(code, 'MPI_Testsome');
      return 0;
    }
    if (code !== 0) this.#settle(code, count);
    else for (let k = 0; k < count; k++) this.#finish(this.requests[this.completed[k]!]!, k);
    return count;
  }

  /** Blocks until all are complete, and returns their statuses. Throws the first MpiError when some failed. */
  waitAll(): Status[] {
    return waitAll(this.requests);
  }

  /** Resolves when all are complete. */
  async done(signal?: AbortSignal): Promise<Status[]> {
    await completion({ test: () => this.#testAll() }, signal);
    return this.requests.map((request) => request.status);
  }

  #testAll(): boolean {
    this.testSome();
    return this.requests.every((request) => !request.isActive);
  }

  /** Copies status number `position` to the request it belongs to. */
  #finish(request: Request, position: number): void {
    const { length } = layout();
    const { words } = request.status;
    for (let i = 0; i < length; i++) words[i] = this.#statuses[position * length + i]!;
    request.complete();
  }

  /** Some of those listed failed: the others are finished before the first failure is thrown. */
  #settle(code: number, count: number): void {
    const { error, length } = layout();
    const failures: unknown[] = [];
    for (let k = 0; k < count; k++) {
      const request = this.requests[this.completed[k]!]!;
      const own = this.#statuses[k * length + error]!;
      const failure = own === 0 ? undefined : mpiError(own, 'MPI_Testsome');
      if (!failure || !isInterruption(failure)) {
        this.#finish(request, k);
        if (failure) failures.push(failure);
        continue;
      }
      // A receive that a rank's death interrupts is listed, and may be open still.
      try {
        request.test();
      } catch (interruption) {
        failures.push(interruption);
      }
    }
    if (failures.length > 0) throw failures[0];
    const failure = mpiError(code, 'MPI_Testsome');
    if (failure.errorClass !== 'MPI_ERR_IN_STATUS' && !isInterruption(failure)) throw failure;
  }
}

/**
 * Blocks until all requests are complete, also when some fail; the first MpiError is thrown then. One wait for each,
 * because MPI_Waitall stops at a failure with the others still pending, and that of Open MPI 4.1.4 was met hanging.
 */
export function waitAll(requests: readonly Request[]): Status[] {
  const failures: unknown[] = [];
  for (const request of requests) {
    try {
      request.wait();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return requests.map((request) => request.status);
}
