import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostNameOf, readConfig } from '../../../src/ssh/config/read.js';
import { recordSkip } from '../../skips.js';

const hasSsh = spawnSync('ssh', ['-V']).status === 0;
if (!hasSsh)
  recordSkip("our reading of ssh configurations against ssh's own: there is no ssh (openssh-client)");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-ssh-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Answer {
  readonly hostname: string;
  readonly user: string;
  readonly port: string;
  readonly identityfile: readonly string[];
  readonly userknownhostsfile: readonly string[];
  readonly serveraliveinterval: string;
  readonly connecttimeout: string;
  readonly stricthostkeychecking: string;
  readonly identitiesonly: string;
  readonly proxyjump: string | undefined;
}

function ours(file: string, host: string, user: string | undefined): Answer {
  const files = [{ path: file, home: folder }];
  const values = readConfig({ host, user, port: undefined, files, environment: process.env });
  const one = (name: string) => values.get(name)?.[0];
  const strict = one('stricthostkeychecking') ?? 'ask';
  return {
    hostname: hostNameOf(values, host),
    user: one('user') ?? userInfo().username,
    port: one('port') ?? '22',
    identityfile: values.get('identityfile') ?? [],
    userknownhostsfile: values.get('userknownhostsfile') ?? [],
    serveraliveinterval: one('serveraliveinterval') ?? '0',
    connecttimeout: one('connecttimeout') ?? 'none',
    stricthostkeychecking: { yes: 'true', no: 'false' }[strict] ?? strict,
    identitiesonly: one('identitiesonly') ?? 'no',
    proxyjump: one('proxyjump') === 'none' ? undefined : one('proxyjump'),
  };
}

function theirs(file: string, host: string, user: string | undefined): Answer {
  const args = ['-G', '-F', file, ...(user === undefined ? [] : ['-l', user]), '--', host];
  const done = spawnSync('ssh', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  const lines = done.stdout.split('\n').map((line) => line.split(' '));
  const all = (name: string) => lines.filter(([key]) => key === name).map(([, ...rest]) => rest.join(' '));
  const one = (name: string) => all(name)[0] ?? '';
  const isDefault = (path: string) => path.startsWith('~/.ssh/');
  return {
    hostname: one('hostname'),
    user: one('user'),
    port: one('port'),
    identityfile: all('identityfile').filter((path) => !isDefault(path)),
    userknownhostsfile: one('userknownhostsfile')
      .split(' ')
      .filter((path) => !/\.ssh\/known_hosts/.test(path)),
    serveraliveinterval: one('serveraliveinterval'),
    connecttimeout: one('connecttimeout'),
    stricthostkeychecking: one('stricthostkeychecking'),
    identitiesonly: one('identitiesonly'),
    proxyjump: all('proxyjump')[0],
  };
}

const host = fc.constantFrom('a1', 'a2', 'b1', 'x.example.org', 'X.Example.org');
const pattern = fc.constantFrom('a1', 'a*', 'b?', '*', '*.example.org', '!a1', '!b*', '!*.org', '?1', 'h9*');
const patterns = fc.array(pattern, { minLength: 1, maxLength: 3 });
const user = fc.constantFrom('ann', 'bob');

const header = fc.oneof(
  patterns.map((list) => `Host ${list.join(' ')}`),
  patterns.map((list) => `Match host ${list.join(',')}`),
  patterns.map((list) => `Match originalhost ${list.join(',')} user ann,b*`),
  patterns.map((list) => `Match !host ${list.join(',')}`),
  fc.constantFrom(
    'Match all',
    'Match user bob',
    'Match final host *.org',
    'Match final all',
    'Match exec "test %h = a1"',
    'Match !exec true',
  ),
);

const value = fc.oneof(
  fc.constantFrom('HostName h9.example.org', 'HostName %h.example.org', 'HostName B2', 'HostName 10.0.0.1'),
  user.map((name) => `User ${name}`),
  fc.constantFrom('Port 2200', 'Port 2201'),
  fc.constantFrom('IdentityFile /k/1', 'IdentityFile /k/2', 'IdentityFile "/k/3"', 'IdentityFile /k/%u'),
  fc.constantFrom('ServerAliveInterval 7', 'ServerAliveInterval 8', 'ConnectTimeout 9'),
  fc.constantFrom(
    'StrictHostKeyChecking yes',
    'StrictHostKeyChecking no',
    'StrictHostKeyChecking accept-new',
  ),
  fc.constantFrom('UserKnownHostsFile /k/a /k/b', 'UserKnownHostsFile "/k/c"', 'IdentitiesOnly yes'),
  fc.constantFrom('ProxyJump j1', 'ProxyJump ann@j1:2200,j2', 'ProxyJump none'),
  fc.constantFrom('# a comment', '', 'ForwardAgent no', 'Port 2202 # why'),
);

/** The forms in which a keyword and its value may stand. */
const line = fc
  .tuple(value, fc.constantFrom(' ', '\t', '=', ' = '), fc.constantFrom('', '  ', '\t'), fc.nat(2))
  .map(([text, separator, indent, letters]) => {
    const found = /^(\w+) (.*)$/.exec(text);
    if (!found) return text;
    const [, keyword = '', rest = ''] = found;
    const shown = [keyword, keyword.toLowerCase(), keyword.toUpperCase()][letters] as string;
    return `${indent}${shown}${separator}${rest}`;
  });

const block = fc.tuple(header, fc.array(line, { maxLength: 4 })).map(([head, lines]) => [head, ...lines]);
const text = fc
  .tuple(fc.array(line, { maxLength: 2 }), fc.array(block, { maxLength: 4 }))
  .map(([lead, blocks]) => [...lead, ...blocks.flat()].join('\n'));

describe.skipIf(!hasSsh)("reading ssh's configuration", () => {
  test('any configuration means to us what it means to ssh', () => {
    const main = join(folder, 'main');
    const included = join(folder, 'included-1');
    fc.assert(
      fc.property(
        text,
        text,
        fc.nat(9),
        host,
        fc.option(user, { nil: undefined }),
        (outer, inner, at, name, as) => {
          const lines = outer.split('\n');
          lines.splice(at % (lines.length + 1), 0, `Include ${folder}/included-*`);
          writeFileSync(main, `${lines.join('\n')}\n`);
          writeFileSync(included, `${inner}\n`);
          expect(ours(main, name, as)).toEqual(theirs(main, name, as));
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    ['Host a\n  Port', 'port has no value'],
    ['Host a\n  IdentityFile "x', 'without its end'],
    ['Match nothing\n', 'Match nothing has no value'],
    ['Match colour red\n', 'Match knows no colour'],
    ['Match host\n', 'Match host has no value'],
  ])('%j is refused with its line', (broken, words) => {
    const file = join(folder, 'broken');
    writeFileSync(file, broken);
    expect(() => ours(file, 'a', undefined)).toThrow(words);
  });
});
