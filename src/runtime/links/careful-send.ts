/** Messages to workers whose death ends the whole job: what they are given is on disk before they get it. */
import type { CoordinatorLinks } from './transport.js';

export type Sender = Pick<CoordinatorLinks, 'send'>;

/**
 * Waits for the disk with each message while `isCareful` says so; messages to one worker stay in order. Without it, a
 * case that ends the job within moments would not be known to have been in flight, and would be handed out as if
 * nothing had happened, again and again.
 */
export function carefulSend(
  links: Sender,
  log: { flush(): Promise<void> },
  isCareful: () => boolean,
): Sender {
  const waiting = new Map<number, Promise<void>>();
  return {
    send: (worker, bytes) => {
      const before = waiting.get(worker);
      if (!before && !isCareful()) {
        links.send(worker, bytes);
        return;
      }
      const copy = bytes.slice();
      const sent = (before ?? Promise.resolve())
        .then(() => log.flush())
        // A disk that refuses ends the run, and tells whoever listens for its errors.
        .then(
          () => links.send(worker, copy),
          () => {},
        )
        .finally(() => {
          if (waiting.get(worker) === sent) waiting.delete(worker);
        });
      waiting.set(worker, sent);
    },
  };
}
