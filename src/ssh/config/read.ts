/**
 * What the configuration files of ssh say of one host, by ssh's own rules: `Host` and `Match` blocks, `Include`, the
 * first value wins. Values are as written; `settings.ts` makes them what connections are made of.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import { filesLike } from './glob.js';
import { type ConfigLine, configLines } from './lines.js';
import { matchesList } from './pattern.js';
import { expandPath, expandTokens, localTokens, tokensOf } from './tokens.js';

export interface ConfigQuery {
  /** As the user named it. */
  readonly host: string;
  /** Given beside the host's name; they come before what files say. */
  readonly user: string | undefined;
  readonly port: string | undefined;
  readonly files: readonly ConfigFile[];
  readonly environment: NodeJS.ProcessEnv;
}

export interface ConfigFile {
  readonly path: string;
  /** Where relative names of `Include` start. */
  readonly home: string;
}

/** Words of each keyword (in lower case) that applies; those of `accumulating` keywords follow one another. */
export type ConfigValues = ReadonlyMap<string, readonly string[]>;

const accumulating = new Set(['identityfile', 'certificatefile']);

/** Keywords whose value is a command, which is taken as it stands. */
const commands = new Set(['proxycommand']);

const mostIncludes = 16;

/** The files that ssh reads; or the one that SHOAL_SSH_CONFIG names, like `ssh -F`. */
export function configFiles(environment: NodeJS.ProcessEnv): readonly ConfigFile[] {
  const userHome = join(homedir(), '.ssh');
  const named = environment.SHOAL_SSH_CONFIG;
  if (named) {
    if (named !== 'none' && !existsSync(named)) {
      throw new InputError('SHOAL_SSH_CONFIG names a file that is not there', { given: named });
    }
    return named === 'none' ? [] : [{ path: named, home: userHome }];
  }
  return [
    { path: join(userHome, 'config'), home: userHome },
    { path: '/etc/ssh/ssh_config', home: '/etc/ssh' },
  ];
}

export function readConfig(query: ConfigQuery): ConfigValues {
  const values = new Map<string, string[]>();
  if (query.user !== undefined) values.set('user', [query.user]);
  if (query.port !== undefined) values.set('port', [query.port]);
  const first = new Reader(query, values, query.host, false);
  first.readAll();
  if (first.wantsFinal) {
    // The name is settled by then: what the second pass says of it comes too late.
    const hostName = hostNameOf(values, query.host);
    values.set('hostname', [hostName.replaceAll('%', '%%')]);
    new Reader(query, values, hostName, true).readAll();
  }
  return values;
}

/** HostName with its `%h`, in lower case; the name itself where there is none. */
export function hostNameOf(values: ConfigValues, host: string): string {
  const [given] = values.get('hostname') ?? [];
  return (given === undefined ? host : expandTokens(given, { '%': '%', h: host })).toLowerCase();
}

class Reader {
  wantsFinal = false;
  readonly #query: ConfigQuery;
  readonly #values: Map<string, string[]>;
  readonly #host: string;
  /** The second pass, after `Match final` has asked for it. */
  readonly #isFinal: boolean;

  constructor(query: ConfigQuery, values: Map<string, string[]>, host: string, isFinal: boolean) {
    this.#query = query;
    this.#values = values;
    this.#host = host;
    this.#isFinal = isFinal;
  }

  readAll(): void {
    for (const { path, home } of this.#query.files) this.#readFile(path, home, true, 0);
  }

  /** `applies`: whether the block applies in which the file is included. */
  #readFile(path: string, home: string, applies: boolean, depth: number): void {
    const text = readText(path);
    if (text === undefined) return;
    let isActive = applies;
    for (const line of configLines(text, path)) {
      if (line.keyword === 'host') isActive = applies && matchesList(this.#host, line.words);
      else if (line.keyword === 'match') isActive = this.#matches(line, applies) && applies;
      else if (line.keyword === 'include') this.#include(line, home, isActive, depth);
      else if (isActive) this.#set(line);
    }
  }

  #include(line: ConfigLine, home: string, isActive: boolean, depth: number): void {
    const { file, line: number } = line;
    if (depth >= mostIncludes) throw new InputError('Include is nested too deeply', { file, line: number });
    for (const word of line.words) {
      const name = expandPath(word, localTokens(), this.#query.environment);
      const pattern = isAbsolute(name) ? name : join(home, name);
      for (const path of filesLike(pattern)) this.#readFile(path, home, isActive, depth + 1);
    }
  }

  #set({ keyword, words, rest, file, line }: ConfigLine): void {
    if (words.length === 0) {
      throw new InputError(`${keyword} has no value`, { file, line });
    }
    // Whichever comes first of the two ways through another host counts.
    if (keyword === 'proxycommand' && this.#values.has('proxyjump')) return;
    if (keyword === 'proxyjump' && this.#values.has('proxycommand')) return;
    const known = this.#values.get(keyword);
    if (known === undefined) {
      this.#values.set(keyword, commands.has(keyword) ? [rest] : [...words]);
    } else if (accumulating.has(keyword)) {
      const [word = ''] = words;
      if (!known.includes(word)) known.push(word);
    }
  }

  #matches({ words, file, line }: ConfigLine, applies: boolean): boolean {
    let result = true;
    for (let at = 0; at < words.length; at++) {
      const word = words[at] as string;
      const isNegated = word.startsWith('!');
      const attribute = word.slice(isNegated ? 1 : 0).toLowerCase();
      let isTrue: boolean;
      if (attribute === 'all') isTrue = true;
      else if (attribute === 'canonical' || attribute === 'final') {
        if (attribute === 'final') this.wantsFinal = true;
        isTrue = this.#isFinal;
      } else {
        const argument = words[++at];
        if (argument === undefined) {
          throw new InputError(`Match ${word} has no value`, { file, line });
        }
        // A command whose answer nobody needs is not run, as ssh does it.
        const isNeeded = attribute !== 'exec' || (result && applies);
        isTrue = isNeeded && this.#attribute(attribute, argument, { file, line });
      }
      if (isTrue === isNegated) result = false;
    }
    return result;
  }

  #attribute(name: string, argument: string, place: { file: string; line: number }): boolean {
    const list = argument.split(',');
    const user = this.#values.get('user')?.[0] ?? userInfo().username;
    switch (name) {
      case 'host':
        return matchesList(
          this.#matchedHost().toLowerCase(),
          list.map((pattern) => pattern.toLowerCase()),
        );
      case 'originalhost':
        return matchesList(
          this.#query.host.toLowerCase(),
          list.map((pattern) => pattern.toLowerCase()),
        );
      case 'user':
        return matchesList(user, list);
      case 'localuser':
        return matchesList(userInfo().username, list);
      case 'exec':
        return this.#succeeds(argument, user);
      default:
        throw new InputError(`Match knows no ${name}`, {
          ...place,
          expected: 'all, canonical, final, exec, host, originalhost, user or localuser',
        });
    }
  }

  /** HostName as far as it is known at this place of the file. */
  #matchedHost(): string {
    const [given] = this.#values.get('hostname') ?? [];
    return given === undefined ? this.#host : expandTokens(given, { '%': '%', h: this.#host });
  }

  #succeeds(command: string, user: string): boolean {
    const port = Number(this.#values.get('port')?.[0] ?? 22);
    const tokens = tokensOf({
      ...{ original: this.#query.host, hostName: this.#matchedHost(), port, user },
      hostKeyAlias: this.#values.get('hostkeyalias')?.[0],
    });
    const done = spawnSync('/bin/sh', ['-c', expandTokens(command, tokens)], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: this.#query.environment,
    });
    return done.status === 0;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Configuration that cannot be read does not count, as for ssh.
    if (code === 'ENOENT' || code === 'EACCES' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
