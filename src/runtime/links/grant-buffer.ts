/** What cases may use of their hosts, on its way to who computes them. */
import type { CaseGrant } from '../../messages/message.js';
import { encodeMessage } from '../../messages/wire.js';
import type { CoordinatorLinks } from './transport.js';

export class GrantBuffer {
  readonly #links: Pick<CoordinatorLinks, 'send'>;
  readonly #waiting = new Map<number, CaseGrant[]>();

  constructor(links: Pick<CoordinatorLinks, 'send'>) {
    this.#links = links;
  }

  add(worker: number, grant: CaseGrant): void {
    const grants = this.#waiting.get(worker) ?? [];
    grants.push(grant);
    this.#waiting.set(worker, grants);
  }

  /** To be called before the cases are sent. */
  send(worker: number): void {
    const grants = this.#waiting.get(worker);
    if (!grants) return;
    this.#waiting.delete(worker);
    this.#links.send(worker, encodeMessage({ kind: 'grant', grants }));
  }
}
