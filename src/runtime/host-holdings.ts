/** What the hosts of a run own, put together from what their workers see of them. */
import type { Home } from '../coordinator/state.js';
import type { Hello } from '../messages/message.js';
import { parseCoreList } from '../process/node/affinity.js';
import type { Amounts, Names } from '../schedule/tasks/hosts.js';
import { amountsOf } from '../schedule/tasks/hosts.js';

interface Seen {
  readonly cores: Set<number>;
  readonly gpus: Set<string>;
  quota: number;
  memoryBytes: number;
}

/** How much there is, and of cores and GPUs which. */
export interface HostOffer {
  readonly owned: Amounts;
  readonly names: Names;
}

const unlimited = Number.POSITIVE_INFINITY;
const anything: HostOffer = {
  owned: amountsOf({ cores: unlimited, memoryBytes: unlimited, gpus: unlimited }),
  names: { cores: [], gpus: [] },
};

/** Where one of its workers is that is supervised there. */
export function homeOf(host: string, holdings: Hello['holdings']): Home {
  return { host, memoryBytes: holdings?.memoryBytes ?? unlimited };
}

export class HostHoldings {
  readonly #hosts = new Map<string, Seen>();

  /** What the worker's host is known to own by now. Workers that are bound to cores of their own see a part of it each. */
  add({ host, holdings }: Pick<Hello, 'host' | 'holdings'>): HostOffer {
    if (!holdings) return anything;
    const seen = this.#hosts.get(host) ?? {
      ...{ cores: new Set<number>(), gpus: new Set<string>(), quota: 0, memoryBytes: 0 },
    };
    this.#hosts.set(host, seen);
    for (const core of parseCoreList(holdings.cores)) seen.cores.add(core);
    for (const gpu of holdings.gpus) seen.gpus.add(gpu);
    seen.quota = Math.max(seen.quota, holdings.quota ?? unlimited);
    seen.memoryBytes = Math.max(seen.memoryBytes, holdings.memoryBytes);
    return {
      owned: amountsOf({
        cores: Math.min(seen.cores.size, seen.quota),
        memoryBytes: seen.memoryBytes,
        gpus: seen.gpus.size,
      }),
      names: { cores: [...seen.cores], gpus: [...seen.gpus] },
    };
  }
}
