/** Result blocks of many workers, gathered in the link's own buffer and sent as one message. */
import { dataViewOf } from '../../codec/data-view.js';
import { digestBytes, writeDigest } from '../../messages/bundle.js';
import type { Digest } from '../../messages/message.js';
import { headerBytes, writeHeader } from '../../messages/wire.js';
import type { WorkerLink } from './transport.js';

/** No block is smaller, and each makes one run of cases at most. */
const leastBlockBytes = 40;

export class BundleBuffer {
  readonly #link: Pick<WorkerLink, 'outgoing' | 'commit'>;
  #length = headerBytes;

  constructor(link: Pick<WorkerLink, 'outgoing' | 'commit'>) {
    this.#link = link;
  }

  /** False when the blocks, and a digest of all that is gathered, would not fit. */
  add(blocks: Uint8Array): boolean {
    const { outgoing } = this.#link;
    const end = this.#length + blocks.byteLength;
    const mostRuns = Math.ceil((end - headerBytes) / leastBlockBytes);
    if (end + digestBytes(mostRuns) > outgoing.byteLength) return false;
    outgoing.set(blocks, this.#length);
    this.#length = end;
    return true;
  }

  send(digest: Digest): void {
    const { outgoing } = this.#link;
    const view = dataViewOf(outgoing);
    const end = this.#length + digestBytes(digest.runs.length);
    writeDigest(view, this.#length, digest);
    writeHeader(view, 'bundle', end - headerBytes);
    this.#link.commit(end);
    this.#length = headerBytes;
  }
}
