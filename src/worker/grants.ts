/** What each case may use of the host, where the study says so case by case: its worker becomes as large as the case. */
import type { Allotment } from '../kernels/slot.js';
import type { CaseGrant } from '../messages/message.js';
import { gpuVariables } from '../process/node/gpus.js';
import { threadEnvironment } from '../process/node/share.js';
import type { Execution } from '../study/execution.js';

/** Makes a process what its case may use. Cores are absent, and variables empty, for the worker's own share. */
export type Adapt = (use: {
  readonly cores?: readonly number[];
  readonly environment: Allotment['environment'];
}) => void;

type Terms = Pick<Execution, 'threads' | 'pinning' | 'ranksPerTask'>;

export class Grants {
  readonly #own: Allotment;
  readonly #execution: Terms;
  readonly #adapt: Adapt;
  readonly #waiting = new Map<number, CaseGrant>();
  #isAtHome = true;

  /** `threads` of the worker's own share; `adapt` is left out where the process is not the worker's alone. */
  constructor(threads: number, execution: Terms, adapt: Adapt = () => {}) {
    this.#own = { threads, environment: {} };
    this.#execution = execution;
    this.#adapt = adapt;
  }

  /** Ranks that compute a case together have what their launcher gave to each. */
  add(grants: readonly CaseGrant[]): void {
    if (this.#execution.ranksPerTask > 1) return;
    for (const grant of grants) this.#waiting.set(grant.case, grant);
  }

  /** A case begins; undefined where it has the worker's own share, as the one before it had. */
  enter(index: number): Allotment | undefined {
    if (this.#waiting.size === 0 && this.#isAtHome) return undefined;
    const grant = this.#waiting.get(index);
    this.#waiting.delete(index);
    this.#isAtHome = !grant;
    if (!grant) {
      this.#adapt({ environment: {} });
      return this.#own;
    }
    const { cores, coreIds = [], gpus } = grant;
    const isOpen = this.#execution.threads === 'auto' && cores !== undefined;
    const threads = isOpen ? Math.max(1, Math.floor(cores)) : this.#own.threads;
    const environment = {
      ...(isOpen && threadEnvironment(threads)),
      ...(gpus && gpuVariables(gpus)),
    };
    const isBound = this.#execution.pinning === 'auto' && coreIds.length > 0;
    this.#adapt({ ...(isBound && { cores: coreIds }), environment });
    return { threads, environment };
  }
}
