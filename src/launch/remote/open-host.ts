/** From a name to a host. */
import type { PoolOptions } from '../../ssh/pool.js';
import type { Host } from './host.js';
import { localHost } from './local-host.js';
import { sshHost } from './ssh-host.js';

/** `localhost` is this machine itself; any other name, `user@localhost` too, is reached through SSH. */
export function openHost(name: string, options: PoolOptions = { environment: process.env }): Host {
  return name === 'localhost' ? localHost : sshHost(name, options);
}
