/** One connection through ssh2: the way there, the host's key, who we are. */
import { spawn } from 'node:child_process';
import { Duplex } from 'node:stream';
import type { Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { HostError, type HostFault } from '../errors/host-error.js';
import type { Asker } from './ask.js';
import { type Authentication, authentication } from './authenticate.js';
import { type HostSettings, hostSettings } from './config/settings.js';
import { HostKey } from './host-key.js';
import { knownKeys } from './known-hosts/check.js';
import { loadSsh2 } from './package.js';
import { parseTarget } from './target.js';
import { takesAnswers, takesOnlyAnswers, unasked, unaskedHint } from './unasked.js';

export interface ConnectOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly asker: Asker | undefined;
  /** Told what the user should see. */
  readonly notice?: (text: string) => void;
}

export interface Connected {
  readonly client: Client;
  /** Closes the connection and those that it goes through. */
  close(): void;
}

/** Most hosts on the way to one; more are a circle. */
const mostJumps = 8;

export async function connect(
  settings: HostSettings,
  options: ConnectOptions,
  depth = 0,
): Promise<Connected> {
  const { target } = settings;
  if (depth > mostJumps) {
    throw new HostError(target.name, 'unusable', `${target.name} is reached through itself`, {
      hint: 'Look for a circle of ProxyJump in the ssh configuration.',
    });
  }
  const way = await wayTo(settings, options, depth);
  try {
    const { client } = await handshake(settings, options, way?.socket);
    const close = () => {
      client.end();
      way?.close();
    };
    client.on('close', () => way?.close());
    return { client, close };
  } catch (error) {
    way?.close();
    throw error;
  }
}

interface Way {
  readonly socket: Duplex;
  close(): void;
}

async function wayTo(
  settings: HostSettings,
  options: ConnectOptions,
  depth: number,
): Promise<Way | undefined> {
  const { via } = settings;
  switch (via.kind) {
    case 'direct':
      return undefined;
    case 'command':
      return throughCommand(via.command);
    case 'jump':
      return throughHosts(settings, via.hosts, options, depth);
    default:
      return via satisfies never;
  }
}

function throughCommand(command: string): Way {
  const child = spawn('/bin/sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  return {
    socket: Duplex.from({ readable: child.stdout, writable: child.stdin }),
    close: () => child.kill(),
  };
}

/** The last of the hosts opens the way; the others lie on the way to it. */
async function throughHosts(
  settings: HostSettings,
  hosts: readonly string[],
  options: ConnectOptions,
  depth: number,
): Promise<Way> {
  const last = hosts.at(-1) ?? '';
  const before = hosts.slice(0, -1);
  const own = hostSettings(parseTarget(last), options.environment);
  const jump = await connect(
    before.length > 0 ? { ...own, via: { kind: 'jump', hosts: before } } : own,
    options,
    depth + 1,
  );
  try {
    const socket = await new Promise<Duplex>((resolve, reject) => {
      jump.client.forwardOut('127.0.0.1', 0, settings.hostName, settings.port, (error, channel) => {
        if (error) reject(error);
        else resolve(channel);
      });
    });
    return { socket, close: jump.close };
  } catch (error) {
    jump.close();
    throw new HostError(
      settings.target.name,
      'unreachable',
      `${settings.target.name} cannot be reached through ${last}: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

async function handshake(
  settings: HostSettings,
  options: ConnectOptions,
  socket: Duplex | undefined,
): Promise<{ client: Client }> {
  const ssh2 = await loadSsh2();
  const client = new ssh2.Client();
  // Every command on it listens for its end.
  client.setMaxListeners(0);
  const hostKey = new HostKey(settings, options);
  const identity = await authentication(settings, options.asker);
  await new Promise<void>((resolve, reject) => {
    const { connectTimeoutMs } = settings;
    // Time that the user takes to answer does not count.
    const timer = setTimeout(() => {
      client.destroy();
      fail(new Error(`no answer within ${connectTimeoutMs / 1000} s`));
    }, connectTimeoutMs);
    let problem: HostError | undefined;
    const fail = (error: Error & { level?: string }) => {
      clearTimeout(timer);
      reject(problem ?? hostKey.problem ?? faultOf(settings, error, identity));
    };
    client.on('error', (error: Error & { level?: string }) => {
      // The agent's own troubles leave the other ways.
      if (error.level === 'agent') identity.notes.push(`the agent failed: ${error.message}`);
      else fail(error);
    });
    client.on('close', () => fail(new Error('the connection was closed')));
    client.on('ready', () => {
      clearTimeout(timer);
      resolve();
    });
    client.on('banner', (text) => options.notice?.(text.trimEnd()));
    client.on('change password', (_prompt, done) => done(''));
    client.connect({
      ...(socket ? { sock: socket as NonNullable<ConnectConfig['sock']> } : {}),
      host: settings.hostName,
      port: settings.port,
      username: settings.user,
      readyTimeout: 0,
      keepaliveInterval: settings.keepAliveMs,
      keepaliveCountMax: settings.keepAliveCount,
      algorithms: { serverHostKey: hostKeyAlgorithms(settings) },
      hostVerifier: (key: Buffer, answer: (isGood: boolean) => void) => {
        clearTimeout(timer);
        hostKey.check(key).then(answer, (error) => {
          problem = unanswered(settings, 'refused key', error as Error);
          answer(false);
        });
      },
      authHandler: (left, _isPartial, next) => {
        clearTimeout(timer);
        identity.next(left).then(
          (method) => next(method as Parameters<typeof next>[0]),
          (error) => {
            problem = unanswered(settings, 'not authenticated', error as Error);
            next(false as unknown as Parameters<typeof next>[0]);
          },
        );
      },
    });
  });
  // From here on the owner of the connection hears of its end by `close`.
  client.on('error', () => {});
  return { client };
}

/** A question to the user that got no answer. */
function unanswered({ target }: HostSettings, fault: HostFault, error: Error): HostError {
  return new HostError(target.name, fault, `${target.name}: ${error.message}`, { cause: error });
}

const allAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
];

/** Those first whose keys are known: a host has several, and another than the known one would look like a stranger's. */
function hostKeyAlgorithms(settings: HostSettings): ServerHostKeyAlgorithm[] {
  const known = new Set(
    knownKeys(settings)
      .filter(({ marker }) => marker === 'none')
      .map(({ type }) => type),
  );
  const isKnown = (name: string) => known.has(name.startsWith('rsa-sha2') ? 'ssh-rsa' : name);
  return [...allAlgorithms.filter(isKnown), ...allAlgorithms.filter((name) => !isKnown(name))];
}

function faultOf(
  { target, hostName, port, user }: HostSettings,
  error: Error & { level?: string; code?: string },
  identity: Authentication,
): HostError {
  const { name } = target;
  const place = hostName === target.host && port === 22 ? '' : ` (${hostName} port ${port})`;
  if (error.level === 'client-authentication') {
    const tried =
      identity.tried.length > 0 ? `tried ${identity.tried.join(', ')}` : 'there is nothing to show it';
    const isUnasked = !identity.hasAsker && takesAnswers(identity.accepted);
    const notes = [...identity.notes, ...(isUnasked ? [unasked] : [])].map((note) => `; ${note}`).join('');
    return new HostError(
      name,
      'not authenticated',
      `${name}${place} does not let ${user} in: ${tried}${notes}; it takes ${identity.accepted.join(', ') || 'nothing'}`,
      { cause: error, hint: authenticationHint(identity) },
    );
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return new HostError(name, 'unreachable', `there is no host named ${hostName}`, {
      cause: error,
      hint: 'Check the name, and HostName in the ssh configuration.',
    });
  }
  if (/no matching/i.test(error.message)) {
    return new HostError(name, 'unusable', `${name}${place} speaks none of our ciphers: ${error.message}`, {
      cause: error,
      hint: "The system's ssh may know more: --ssh system, or SHOAL_SSH=system.",
    });
  }
  return new HostError(name, 'unreachable', `${name}${place} cannot be reached: ${error.message}`, {
    cause: error,
    hint: `Check that \`ssh ${name}\` works from here.`,
  });
}

function authenticationHint({ accepted, notes, hasAsker }: Authentication): string {
  if (notes.some((note) => note.includes('passphrase'))) return 'Load the key into an agent: ssh-add.';
  if (
    notes.some((note) => note.includes('of a kind')) ||
    accepted.some((method) => /gssapi|hostbased/.test(method))
  ) {
    return "For certificates, security keys and Kerberos use the system's ssh: --ssh system, or SHOAL_SSH=system.";
  }
  if (takesOnlyAnswers(accepted))
    return hasAsker ? 'Check the answers with `ssh` on a terminal.' : unaskedHint;
  return 'Name the key by IdentityFile in ~/.ssh/config, or load it into an agent (ssh-add). Certificates and Kerberos need --ssh system.';
}
