/** Who may take part: checks of what a worker says of itself against the coordinator. */
import { type Hello, protocolVersion } from '../messages/message.js';

/** The fields in which coordinator and worker must agree. */
export interface Identity {
  readonly protocol: number;
  readonly build: string;
}

/** Why this worker cannot take part, naming it and what differs; undefined when it can. */
export function reasonToRefuse(
  own: Identity,
  worker: number,
  hello: Omit<Hello, 'kind'>,
): string | undefined {
  const who = `worker ${worker} (pid ${hello.pid} on ${hello.host})`;
  if (hello.protocol !== own.protocol) {
    return `${who} speaks protocol ${hello.protocol}, the coordinator ${own.protocol}: install the same version of shoal on every host`;
  }
  if (hello.build !== own.build) {
    return `${who} runs build ${hello.build}, the coordinator ${own.build}: install the same version of shoal on every host`;
  }
  return undefined;
}

export function ownIdentity(build: string): Identity {
  return { protocol: protocolVersion, build };
}
