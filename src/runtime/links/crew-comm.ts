/** What a coordinator sends to its workers, the root's as a node coordinator's. */
import type { CrewComm } from '../../coordinator/node/comm.js';
import type { Batching } from '../../messages/message.js';
import { encodeMessage } from '../../messages/wire.js';
import { AssignmentBuffer } from '../assignments.js';
import { GrantBuffer } from './grant-buffer.js';
import type { CoordinatorLinks } from './transport.js';

/** `note` gets what is sent, as a record of the journal that is valid until it returns. */
export function createCrewComm(
  links: Pick<CoordinatorLinks, 'send'>,
  batching: Batching,
  note: (record: Uint8Array) => void = () => {},
): CrewComm {
  const buffers = new Map<number, AssignmentBuffer>();
  const grants = new GrantBuffer(links);
  const flush = (worker: number): void => {
    grants.send(worker);
    const buffer = buffers.get(worker);
    if (!buffer || buffer.isEmpty) return;
    note(buffer.record());
    links.send(worker, buffer.take());
  };
  return {
    grant: (worker, grant) => grants.add(worker, grant),
    assign: (worker, first, count, attempt, isAlone) => {
      let buffer = buffers.get(worker);
      if (!buffer) {
        buffer = new AssignmentBuffer(worker);
        buffers.set(worker, buffer);
      }
      buffer.add(first, count, attempt, isAlone);
      if (batching === 'single' || buffer.isFull) flush(worker);
    },
    renew: (worker, memoryBytes) => links.send(worker, encodeMessage({ kind: 'renew', memoryBytes })),
    flush,
    revoke: (worker) => links.send(worker, encodeMessage({ kind: 'revoke' })),
    stopWorker: (worker) => links.send(worker, encodeMessage({ kind: 'stop' })),
  };
}
