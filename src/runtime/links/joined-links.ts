/** Two transports as one: the ranks of an MPI job, and the child process that computes beside the coordinator. */
import type { CoordinatorLinks, LinkHandlers } from './transport.js';

export function joinedLinks(first: CoordinatorLinks, second: CoordinatorLinks): CoordinatorLinks {
  const firstWorkers = new Set(first.workers);
  const all = [first, second];
  return {
    kind: first.kind,
    isFragile: first.isFragile || second.isFragile,
    workers: [...first.workers, ...second.workers],
    ...(first.teams && { teams: first.teams }),
    start: (handlers: LinkHandlers) => {
      for (const links of all) links.start(handlers);
    },
    send: (worker, bytes) => (firstWorkers.has(worker) ? first : second).send(worker, bytes),
    broadcast: async (bytes) => {
      await Promise.all(all.map((links) => links.broadcast(bytes)));
    },
    replace: (worker) => (firstWorkers.has(worker) ? first : second).replace(worker),
    close: async () => {
      await Promise.all(all.map((links) => links.close()));
    },
    abort: () => {
      for (const links of all) links.abort();
    },
  };
}
