/** The connections of this process: one a host, shared by all who speak to it, closed when the last has let go. */
import { InputError } from '../errors/input-error.js';
import { findAsker } from './ask.js';
import { hostSettings } from './config/settings.js';
import type { ConnectOptions } from './connect.js';
import { Ssh2Transport } from './ssh2-transport.js';
import { SystemTransport } from './system-transport.js';
import { parseTarget } from './target.js';
import type { Transport } from './transport.js';

export type TransportKind = Transport['kind'];

export interface PoolOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** SHOAL_SSH of the environment unless given, and ssh2 where that is not set either. */
  readonly transport?: TransportKind;
  /** Whom to ask for passphrases and the like: the terminal unless given; `none` for nobody. */
  readonly asker?: ConnectOptions['asker'] | 'none';
  readonly notice?: (text: string) => void;
}

export interface SharedTransport {
  readonly transport: Transport;
  /** Idempotent. */
  release(): Promise<void>;
}

interface Entry {
  readonly transport: Transport;
  users: number;
}

const entries = new Map<string, Entry>();

/** Nothing is connected yet: the first command does it. */
export function shareTransport(name: string, options: PoolOptions): SharedTransport {
  const kind = options.transport ?? transportKind(options.environment);
  // What another way to the host would take: another configuration, other keys.
  const { SHOAL_SSH_CONFIG, SSH_AUTH_SOCK, HOME } = options.environment;
  const key = JSON.stringify([kind, SHOAL_SSH_CONFIG, SSH_AUTH_SOCK, HOME, name]);
  const entry = entries.get(key) ?? { transport: newTransport(name, kind, options), users: 0 };
  entries.set(key, entry);
  entry.users++;
  let isReleased = false;
  return {
    transport: entry.transport,
    release: async () => {
      if (isReleased) return;
      isReleased = true;
      if (--entry.users > 0) return;
      entries.delete(key);
      await entry.transport.close();
    },
  };
}

export function transportKind(environment: NodeJS.ProcessEnv): TransportKind {
  const given = environment.SHOAL_SSH;
  if (!given) return 'ssh2';
  if (given === 'system' || given === 'ssh2') return given;
  throw new InputError('SHOAL_SSH cannot be used', {
    expected: 'ssh2 or system',
    given: JSON.stringify(given),
  });
}

export function newTransport(name: string, kind: TransportKind, options: PoolOptions): Transport {
  const { environment, asker, notice } = options;
  const target = parseTarget(name);
  switch (kind) {
    case 'system':
      return new SystemTransport(target, environment, asker === 'none');
    case 'ssh2':
      return new Ssh2Transport(hostSettings(target, environment), {
        environment,
        asker: asker === 'none' ? undefined : (asker ?? findAsker(environment)),
        ...(notice ? { notice } : {}),
      });
    default:
      return kind satisfies never;
  }
}
