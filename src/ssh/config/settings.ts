/** What connects us to one host: the values of its configuration, checked, with every default filled in. */
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import type { Target } from '../target.js';
import { type ConfigValues, configFiles, hostNameOf, readConfig } from './read.js';
import { expandPath, expandTokens, type Tokens, tokensOf } from './tokens.js';

export type HostKeyPolicy = 'ask' | 'accept-new' | 'refuse' | 'accept-all';

export interface HostSettings {
  readonly target: Target;
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly identityFiles: readonly IdentityFile[];
  /** Keys of the agent that are no identity file are not offered. */
  readonly isIdentitiesOnly: boolean;
  /** Socket of the agent. */
  readonly agent: string | undefined;
  readonly via: Via;
  /** Name of the host in the files of known hosts, when it is not `hostName`. */
  readonly hostKeyAlias: string | undefined;
  /** New keys go to the first. */
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  readonly hostKeyPolicy: HostKeyPolicy;
  readonly isHashingKnownHosts: boolean;
  readonly keepAliveMs: number;
  readonly keepAliveCount: number;
  readonly connectTimeoutMs: number;
  readonly allows: { readonly publicKey: boolean; readonly keyboard: boolean; readonly password: boolean };
  /** Nobody is asked for anything. */
  readonly isBatch: boolean;
}

export interface IdentityFile {
  readonly path: string;
  /** Named by the user's configuration; those that ssh tries anyway may be absent. */
  readonly isNamed: boolean;
}

/** The way there. */
export type Via =
  | { readonly kind: 'direct' }
  /** Names of hosts, the nearest first. */
  | { readonly kind: 'jump'; readonly hosts: readonly string[] }
  | { readonly kind: 'command'; readonly command: string };

/** A host that says nothing for longer than three of these is lost, where the configuration names no other time. */
const defaultKeepAliveSeconds = 15;
const defaultConnectSeconds = 30;

const defaultIdentities = ['id_rsa', 'id_ecdsa', 'id_ed25519'];

export function hostSettings(target: Target, environment: NodeJS.ProcessEnv): HostSettings {
  const values = readConfig({ ...target, files: configFiles(environment), environment });
  const one = (keyword: string): string | undefined => values.get(keyword)?.[0];
  const hostName = hostNameOf(values, target.host);
  const port = portOf(one('port'), target);
  const user = one('user') ?? userInfo().username;
  const hostKeyAlias = one('hostkeyalias');
  const tokens = tokensOf({ original: target.host, hostName, port, user, hostKeyAlias });
  const paths = (keyword: string, defaults: readonly string[]): readonly string[] =>
    (values.get(keyword) ?? defaults)
      .filter((path) => path.toLowerCase() !== 'none')
      .map((path) => expandPath(path, tokens, environment));
  const keepAlive = secondsOf(one('serveraliveinterval'), 'ServerAliveInterval', target);
  return {
    ...{ target, hostName, port, user, hostKeyAlias },
    identityFiles: identityFiles(values, paths),
    isIdentitiesOnly: isYes(one('identitiesonly'), false),
    agent: agentOf(one('identityagent'), tokens, environment),
    via: viaOf(values, tokens),
    userKnownHosts: paths('userknownhostsfile', ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']),
    globalKnownHosts: paths('globalknownhostsfile', [
      '/etc/ssh/ssh_known_hosts',
      '/etc/ssh/ssh_known_hosts2',
    ]),
    hostKeyPolicy: policyOf(one('stricthostkeychecking'), target),
    isHashingKnownHosts: isYes(one('hashknownhosts'), false),
    keepAliveMs: 1000 * (keepAlive ?? defaultKeepAliveSeconds),
    keepAliveCount: Number(one('serveralivecountmax') ?? 3),
    connectTimeoutMs:
      1000 * (secondsOf(one('connecttimeout'), 'ConnectTimeout', target) ?? defaultConnectSeconds),
    allows: {
      publicKey: isYes(one('pubkeyauthentication'), true),
      keyboard: isYes(one('kbdinteractiveauthentication') ?? one('challengeresponseauthentication'), true),
      password: isYes(one('passwordauthentication'), true),
    },
    isBatch: isYes(one('batchmode'), false),
  };
}

function identityFiles(
  values: ConfigValues,
  paths: (keyword: string, defaults: readonly string[]) => readonly string[],
): IdentityFile[] {
  const isNamed = values.has('identityfile');
  const usual = defaultIdentities.map((name) => join(homedir(), '.ssh', name));
  return (isNamed ? paths('identityfile', []) : usual).map((path) => ({ path, isNamed }));
}

function portOf(text: string | undefined, { name }: Target): number {
  const port = Number(text ?? 22);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new InputError(`The ssh configuration of ${name} has a Port that cannot be used`, {
    expected: 'a number from 1 to 65535',
    given: JSON.stringify(text),
  });
}

/** As ssh writes times: seconds, or `1m30s`; undefined for `none` and where nothing is given. */
function secondsOf(text: string | undefined, keyword: string, { name }: Target): number | undefined {
  if (text === undefined || text === 'none') return undefined;
  const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  if (/^(?:\d+[smhdw]?)+$/i.test(text)) {
    let total = 0;
    for (const [, count, unit] of text.matchAll(/(\d+)([smhdw]?)/gi)) {
      total += Number(count) * (units[(unit || 's').toLowerCase()] as number);
    }
    return total;
  }
  throw new InputError(`The ssh configuration of ${name} has a ${keyword} that cannot be used`, {
    expected: 'seconds, or a time like 1m30s',
    given: JSON.stringify(text),
  });
}

function policyOf(text: string | undefined, { name }: Target): HostKeyPolicy {
  switch (text?.toLowerCase()) {
    case undefined:
    case 'ask':
      return 'ask';
    case 'accept-new':
      return 'accept-new';
    case 'yes':
    case 'true':
      return 'refuse';
    case 'no':
    case 'false':
    case 'off':
      return 'accept-all';
    default:
      throw new InputError(
        `The ssh configuration of ${name} has a StrictHostKeyChecking that cannot be used`,
        {
          expected: 'yes, no, ask or accept-new',
          given: JSON.stringify(text),
        },
      );
  }
}

function isYes(text: string | undefined, fallback: boolean): boolean {
  return text === undefined ? fallback : /^(?:yes|true)$/i.test(text);
}

function agentOf(
  text: string | undefined,
  tokens: Tokens,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (text === undefined || text === 'SSH_AUTH_SOCK') return environment.SSH_AUTH_SOCK || undefined;
  if (text.toLowerCase() === 'none') return undefined;
  if (/^\$\w+$/.test(text)) return environment[text.slice(1)] || undefined;
  return expandPath(text, tokens, environment);
}

function viaOf(values: ConfigValues, tokens: Tokens): Via {
  const [jump] = values.get('proxyjump') ?? [];
  if (jump !== undefined && jump.toLowerCase() !== 'none') {
    return { kind: 'jump', hosts: expandTokens(jump, tokens).split(',') };
  }
  const [command] = values.get('proxycommand') ?? [];
  if (command !== undefined && command.toLowerCase() !== 'none') {
    return { kind: 'command', command: expandTokens(command.replace(/^exec\s+/, ''), tokens) };
  }
  return { kind: 'direct' };
}
