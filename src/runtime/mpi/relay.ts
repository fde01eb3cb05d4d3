/**
 * A rank whose kernel lives in a child: it passes messages on between the coordinator and the child, tells the
 * coordinator when the child has ended, and starts another one. So a crash costs a child, and the MPI job goes on.
 */
import { encodeMessage, isKind } from '../../messages/wire.js';
import type { WorkerLink } from '../links/transport.js';
import type { Supervisor } from '../local/supervisor.js';
import { RelayPause } from './relay-pause.js';

/** Resolves when this rank may leave. */
export async function relay(link: WorkerLink, child: Supervisor): Promise<void> {
  /** What the coordinator broadcast, for the children that come later. */
  let welcome: Uint8Array | undefined;
  let isOver = false;
  let failure: Error | undefined;
  /** The coordinator wants nothing more: no child is started any more. */
  let isDismissed = false;
  let hasChild = true;
  /** Children of whose end the coordinator has not heard yet: what it sends was meant for them. */
  let unheard = 0;
  const pause = new RelayPause();
  const say = (bytes: Uint8Array): void => {
    link.send(bytes);
    pause.expect();
  };
  child.listen({
    onMessage: (bytes) => {
      say(bytes);
      if (welcome && isKind(bytes, 'hello')) child.send(welcome);
      if (isKind(bytes, 'bye')) isOver = true;
    },
    onDrained: () => {},
    onError: (error) => {
      failure = error;
      pause.expect();
    },
    onLost: (loss) => {
      if (isOver) return;
      hasChild = !isDismissed && child.restart();
      say(encodeMessage({ kind: 'ended', loss, hasSuccessor: hasChild }));
      unheard++;
      if (isDismissed) isOver = true;
    },
  });
  link.handler = (bytes) => {
    if (isKind(bytes, 'resume')) {
      unheard--;
    } else if (isKind(bytes, 'welcome')) {
      welcome = bytes.slice();
      child.send(bytes);
    } else if (isKind(bytes, 'stop') || isKind(bytes, 'refuse')) {
      isDismissed = true;
      child.send(bytes);
      // Whoever is refused ends without a word, and where there is no child nobody is left to say one.
      if (isKind(bytes, 'refuse') || !hasChild) isOver = true;
    } else if (unheard === 0) {
      child.send(bytes);
    }
  };
  const receive = (): boolean => {
    const ms = pause.direct();
    // Without an answer of the child the coordinator's is looked for again.
    return ms !== undefined && (child.receive(ms) || ms === 0);
  };
  while (!isOver) {
    if (failure) throw failure;
    if (link.poll()) pause.found();
    else if (!receive()) await pause.rest();
  }
  await child.close();
}
