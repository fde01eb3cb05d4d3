/** Showing a host who we are: one way after another, in the order in which ssh tries them. */
import { existsSync, readFileSync } from 'node:fs';
import type { AnyAuthMethod, BaseAgent, ParsedKey } from 'ssh2';
import type { Asker } from './ask.js';
import type { HostSettings, IdentityFile } from './config/settings.js';
import { loadSsh2, type Ssh2 } from './package.js';

const mostPrompts = 3;
const mostPassphrases = 3;

interface Way {
  /** As the protocol names it. */
  readonly method: 'publickey' | 'keyboard-interactive' | 'password';
  /** For messages. */
  readonly name: string;
  /** Undefined when it turns out that there is nothing to show. */
  make(): Promise<AnyAuthMethod | undefined>;
}

export class Authentication {
  /** What was shown, and what stood in the way; for the message when nothing helped. */
  readonly tried: string[] = [];
  readonly notes: string[] = [];
  /** Methods that the host would take. */
  accepted: readonly string[] = [];
  readonly hasAsker: boolean;
  readonly #ways: Way[];
  #hasAsked = false;

  constructor(settings: HostSettings, asker: Asker | undefined, ssh2: Ssh2) {
    const maker = new WayMaker(settings, settings.isBatch ? undefined : asker, ssh2, this.notes);
    this.#ways = maker.all();
    this.hasAsker = asker !== undefined && !settings.isBatch;
    this.#user = settings.user;
  }

  readonly #user: string;

  /** What to show next; false when nothing is left. `left`: what the host takes, unknown at first. */
  async next(left: readonly string[] | null): Promise<AnyAuthMethod | false> {
    // The answer to `none` says what the host takes at all.
    if (!this.#hasAsked) {
      this.#hasAsked = true;
      return { type: 'none', username: this.#user };
    }
    if (left) this.accepted = left;
    for (;;) {
      const at = this.#ways.findIndex(({ method }) => left === null || left.includes(method));
      if (at === -1) return false;
      const [way] = this.#ways.splice(at, 1) as [Way];
      const method = await way.make();
      if (!method) continue;
      if (!this.tried.includes(way.name)) this.tried.push(way.name);
      return method;
    }
  }
}

class WayMaker {
  readonly #settings: HostSettings;
  readonly #asker: Asker | undefined;
  readonly #ssh2: Ssh2;
  readonly #notes: string[];

  constructor(settings: HostSettings, asker: Asker | undefined, ssh2: Ssh2, notes: string[]) {
    this.#settings = settings;
    this.#asker = asker;
    this.#ssh2 = ssh2;
    this.#notes = notes;
  }

  all(): Way[] {
    const { allows, agent, identityFiles } = this.#settings;
    const ways: Way[] = [];
    if (allows.publicKey) {
      if (agent !== undefined) ways.push(this.#agentWay(agent));
      for (const file of identityFiles) ways.push(this.#fileWay(file));
    }
    const name = 'a password';
    for (let prompt = 0; this.#asker && prompt < mostPrompts; prompt++) {
      if (allows.keyboard) ways.push(this.#keyboardWay(this.#asker));
    }
    for (let prompt = 0; this.#asker && prompt < mostPrompts; prompt++) {
      if (allows.password) ways.push(this.#passwordWay(this.#asker, name));
    }
    return ways;
  }

  #agentWay(socket: string): Way {
    const { user, isIdentitiesOnly, identityFiles } = this.#settings;
    return {
      method: 'publickey',
      name: 'the keys of the agent',
      make: async () => {
        if (!existsSync(socket)) {
          this.#notes.push(`the agent's socket ${socket} is not there`);
          return undefined;
        }
        const agent = this.#ssh2.createAgent(socket);
        const chosen = isIdentitiesOnly ? this.#publicKeys(identityFiles) : undefined;
        return {
          type: 'agent',
          username: user,
          agent: chosen ? onlyKeys(this.#ssh2, agent, chosen) : agent,
        } as AnyAuthMethod;
      },
    };
  }

  #fileWay(file: IdentityFile): Way {
    const { user } = this.#settings;
    return {
      method: 'publickey',
      name: file.path,
      make: async () => {
        const key = await this.#privateKey(file);
        return key && { type: 'publickey', username: user, key };
      },
    };
  }

  #keyboardWay(asker: Asker): Way {
    const { user, target } = this.#settings;
    return {
      method: 'keyboard-interactive',
      name: 'answers to its questions',
      make: async () => ({
        type: 'keyboard-interactive',
        username: user,
        prompt: (name, instructions, _language, prompts, finish) => {
          const head = [name, instructions].filter((text) => text.trim() !== '');
          answersTo(asker, target.name, head, prompts).then(finish, () => finish([]));
        },
      }),
    };
  }

  #passwordWay(asker: Asker, name: string): Way {
    const { user, hostName } = this.#settings;
    return {
      method: 'password',
      name,
      make: async () => {
        const password = await asker.ask(`${user}@${hostName}'s password: `, true);
        return { type: 'password', username: user, password };
      },
    };
  }

  async #privateKey({ path, isNamed }: IdentityFile): Promise<ParsedKey | undefined> {
    const text = readOrUndefined(path);
    if (text === undefined) {
      if (isNamed && !existsSync(`${path}.pub`)) this.#notes.push(`the key ${path} cannot be read`);
      return undefined;
    }
    let key = this.#parse(text);
    for (let attempt = 0; key instanceof Error && isEncrypted(key); attempt++) {
      if (!this.#asker) {
        this.#notes.push(`the key ${path} has a passphrase, and there is no terminal to ask for it`);
        return undefined;
      }
      if (attempt === mostPassphrases) {
        this.#notes.push(`the passphrase of the key ${path} was wrong`);
        return undefined;
      }
      const passphrase = await this.#asker.ask(`Passphrase of the key ${path}: `, true);
      // An empty one passes the key over, as with ssh.
      if (passphrase === '') return undefined;
      key = this.#parse(text, passphrase);
    }
    if (!(key instanceof Error)) return key;
    // The library's words may hold parts of the key.
    this.#notes.push(`the key ${path} is of a kind that cannot be used here`);
    return undefined;
  }

  #parse(text: string, passphrase?: string): ParsedKey | Error {
    const key: ParsedKey | readonly ParsedKey[] | Error = this.#ssh2.utils.parseKey(text, passphrase);
    return Array.isArray(key) ? (key[0] as ParsedKey) : (key as ParsedKey | Error);
  }

  /** Of those files that say so without a passphrase. */
  #publicKeys(files: readonly IdentityFile[]): ReadonlySet<string> {
    const blobs = new Set<string>();
    for (const { path } of files) {
      for (const text of [readOrUndefined(`${path}.pub`), readOrUndefined(path)]) {
        const key = text === undefined ? undefined : this.#parse(text);
        if (key && !(key instanceof Error)) blobs.add(key.getPublicSSH().toString('base64'));
      }
    }
    return blobs;
  }
}

async function answersTo(
  asker: Asker,
  host: string,
  head: readonly string[],
  prompts: readonly { readonly prompt: string; readonly echo?: boolean }[],
): Promise<string[]> {
  const answers: string[] = [];
  for (const [index, { prompt, echo }] of prompts.entries()) {
    const before = index === 0 ? head.map((text) => `${text}\n`).join('') : '';
    answers.push(await asker.ask(`${before}(${host}) ${prompt}`, echo !== true));
  }
  return answers;
}

/** The agent, of which only some keys are shown. */
function onlyKeys(ssh2: Ssh2, agent: BaseAgent, chosen: ReadonlySet<string>): BaseAgent {
  class ChosenKeys extends ssh2.BaseAgent {
    getIdentities(done: Parameters<BaseAgent['getIdentities']>[0]): void {
      agent.getIdentities((error, keys) => {
        done(
          error,
          keys?.filter((key) => chosen.has((key as ParsedKey).getPublicSSH().toString('base64'))),
        );
      });
    }
    sign(...given: unknown[]): void {
      (agent.sign as (...all: unknown[]) => void).apply(agent, given);
    }
  }
  return new ChosenKeys();
}

function isEncrypted(error: Error): boolean {
  return /encrypted|passphrase|decrypt|integrity/i.test(error.message);
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

export async function authentication(
  settings: HostSettings,
  asker: Asker | undefined,
): Promise<Authentication> {
  return new Authentication(settings, asker, await loadSsh2());
}
