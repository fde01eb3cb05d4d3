/** `%h`, `~` and `${VARIABLE}` in values of an ssh configuration. */
import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../errors/input-error.js';

/** What the letters stand for; letters that are absent are an error where they are used. */
export type Tokens = Readonly<Record<string, string>>;

export interface TokenFacts {
  /** As the user named the host. */
  readonly original: string;
  readonly hostName: string;
  readonly port: number;
  readonly user: string;
  readonly hostKeyAlias: string | undefined;
}

export function tokensOf(facts: TokenFacts): Tokens {
  const { original, hostName, port, user, hostKeyAlias } = facts;
  const machine = hostname();
  return {
    ...localTokens(),
    '%': '%',
    h: hostName,
    n: original,
    p: String(port),
    r: user,
    k: hostKeyAlias ?? original,
    l: machine,
    L: machine.split('.')[0] as string,
  };
}

/** Those that say something of this side only. */
export function localTokens(): Tokens {
  const { username, uid } = userInfo();
  return { '%': '%', u: username, d: homedir(), i: String(uid) };
}

export function expandTokens(text: string, tokens: Tokens): string {
  return text.replaceAll(/%(.?)/gs, (_, letter: string) => {
    const value = tokens[letter];
    if (value !== undefined) return value;
    throw new InputError(`%${letter} cannot be used in the ssh configuration here`, {
      expected: `one of ${Object.keys(tokens)
        .sort()
        .map((name) => `%${name}`)
        .join(' ')}`,
      given: text,
    });
  });
}

/** A file's name: tokens, variables of the environment and the home folder of this user. */
export function expandPath(text: string, tokens: Tokens, environment: NodeJS.ProcessEnv): string {
  const variables = text.replaceAll(/\$\{([^}]*)\}/g, (_, name: string) => {
    const value = environment[name];
    if (value !== undefined) return value;
    throw new InputError(`The ssh configuration needs the variable ${name}, which is not set`, {
      given: text,
    });
  });
  const path = expandTokens(variables, tokens);
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}
