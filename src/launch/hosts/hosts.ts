/** The hosts of a run, as `--host` names them. */
import { InputError } from '../../errors/input-error.js';

export interface HostSlots {
  /** A name for ssh: `node7`, `user@node7`. */
  readonly name: string;
  /** Processes that it has room for. */
  readonly slots: number;
}

/** `n1,n2:4`: one slot a host unless it says more. Throws InputError for what is no list of hosts. */
export function parseHosts(text: string): readonly HostSlots[] {
  const hosts = text.split(',').map((entry) => {
    // Names that begin with a dash would be options of what they are given to.
    const [, name, slots] = /^((?:[\w.][\w.-]*@)?[\w.][\w.-]*)(?::([1-9]\d{0,4}))?$/.exec(entry.trim()) ?? [];
    if (name === undefined) {
      throw new InputError('--host cannot be used', {
        expected:
          'hosts, each with a number of processes if it has room for more than one, like node1,node2:4',
        given: JSON.stringify(text),
      });
    }
    return { name, slots: Number(slots ?? 1) };
  });
  const double = hosts.find(({ name }, i) => hosts.findIndex((other) => other.name === name) !== i);
  if (!double) return hosts;
  throw new InputError('--host names a host twice', {
    expected: `${double.name}:N for N processes on it`,
    given: JSON.stringify(text),
  });
}

/** All places for processes. */
export function slotCount(hosts: readonly HostSlots[]): number {
  return hosts.reduce((sum, { slots }) => sum + slots, 0);
}

/** The host of each of `count` processes: those of a host together, and further rounds where there are more than slots. */
export function placesOn(hosts: readonly HostSlots[], count: number): readonly string[] {
  const round = hosts.flatMap(({ name, slots }) => Array.from({ length: slots }, () => name));
  const rounds = Math.ceil(count / round.length);
  const uneven = Array.from({ length: rounds }, () => round)
    .flat()
    .slice(0, count);
  return hosts.flatMap(({ name }) => uneven.filter((other) => other === name));
}
