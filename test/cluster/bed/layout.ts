/** The hosts of a cluster, their addresses, and where each keeps its files. */
import { join } from 'node:path';

export const controller = 'ctl';

/** The users of a cluster: root, and one who is not. Both have the same key, which both accept. */
export type User = 'root' | 'user';

/** What `user` may give as a password; root has none. */
export const userPassword = 'open sesame';

/** Id of `user`, and of its group. */
export const userId = 20_001;

export interface Layout {
  /** Everything of this cluster; gone when it is. */
  readonly folder: string;
  /** The hosts that compute: n1, n2, … */
  readonly hosts: readonly string[];
}

/** All hosts: the controller, which is also where users log in, and those that compute. */
export function allHosts(layout: Layout): readonly string[] {
  return [controller, ...layout.hosts];
}

/** The address of a host. Clusters side by side have the same ones, each in a network of its own. */
export function addressOf(host: string): string {
  return host === controller ? '10.77.0.1' : `10.77.0.${10 + Number(host.slice(1))}`;
}

/** What belongs to one host: keys and configuration of its sshd, logs, state of its Slurm daemon. */
export function hostFolder({ folder }: Layout, host: string): string {
  return join(folder, 'h', host);
}

/** A user's home, the same on all hosts. */
export function homeOf({ folder }: Layout, user: User): string {
  return join(folder, 'home', user);
}
