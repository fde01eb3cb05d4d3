import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KeyVerdict, verdictOf } from '../../../src/ssh/known-hosts/check.js';
import { keysInFile, knownLine, knownName } from '../../../src/ssh/known-hosts/file.js';
import { recordSkip } from '../../skips.js';

const hasKeygen = !spawnSync('ssh-keygen', ['-?']).error;
if (!hasKeygen) recordSkip("known hosts against ssh's own reading: there is no ssh-keygen (openssh-client)");

const blob = (fill: number) =>
  Buffer.concat([
    Buffer.from([0, 0, 0, 11]),
    Buffer.from('ssh-ed25519'),
    Buffer.from([0, 0, 0, 32]),
    Buffer.alloc(32, fill),
  ]);
const [one, two] = [blob(1), blob(2)];
const text = (key: Buffer) => `ssh-ed25519 ${key.toString('base64')}`;

describe.skipIf(!hasKeygen)('known hosts', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'shoal-known-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('the lines about a host are those that ssh-keygen -F finds, plain and hashed', () => {
    const file = join(folder, 'known_hosts');
    const part = fc.constantFrom(
      'a',
      'A.org',
      'b.org',
      '*.org',
      '!b.org',
      '?',
      '[a]:2200',
      '[*]:2200',
      '10.0.0.1',
      '*',
    );
    const line = fc.oneof(
      fc
        .array(part, { minLength: 1, maxLength: 3 })
        .map((names) => `${names.join(',')} ${text(one)} someone@x`),
      fc
        .constantFrom('a', 'b.org', '[a]:2200')
        .map((name) => knownLine(name, 'ssh-ed25519', two.toString('base64'), true).trim()),
      fc.constantFrom('', '# a comment', '   '),
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 6 }),
        fc.constantFrom('a', 'b.org', 'c.org', '[a]:2200', '10.0.0.1'),
        (lines, name) => {
          writeFileSync(file, `${lines.join('\n')}\n`);
          const found = spawnSync('ssh-keygen', ['-F', name, '-f', file], { encoding: 'utf8' }).stdout;
          const numbers = [...found.matchAll(/found: line (\d+)/g)].map(([, number]) => Number(number));
          const known = keysInFile(readFileSync(file, 'utf8'), file, name);
          expect(known.map((key) => key.line)).toEqual(numbers);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('a file that ssh-keygen has hashed has the same keys', () => {
    const file = join(folder, 'to-hash');
    writeFileSync(file, `box ${text(one)}\n[box]:2200 ${text(two)}\n`);
    expect(spawnSync('ssh-keygen', ['-H', '-f', file]).status).toBe(0);
    const hashed = readFileSync(file, 'utf8');
    expect(hashed).not.toContain('box');
    const key = (name: string) => keysInFile(hashed, file, name).map((known) => known.key);
    expect(key(knownName('BOX', 22))).toEqual([one.toString('base64')]);
    expect(key(knownName('box', 2200))).toEqual([two.toString('base64')]);
    expect(key('other')).toEqual([]);
  });
});

test.each<[string, string, KeyVerdict]>([
  ['nothing', '', { kind: 'unknown' }],
  ['the key', `box ${text(one)}`, { kind: 'known' }],
  ['another', `# first\nbox ${text(two)}`, { kind: 'changed', place: 'F:2' }],
  ['another and the key', `box ${text(two)}\nbox ${text(one)}`, { kind: 'known' }],
  ['one of another type', 'box ssh-rsa AAAAB3NzaC1yc2E=', { kind: 'changed', place: 'F:1' }],
  ['the key, revoked', `box ${text(one)}\n@revoked * ${text(one)}`, { kind: 'revoked', place: 'F:2' }],
  ['another, revoked', `@revoked * ${text(two)}`, { kind: 'unknown' }],
  ['an authority', `@cert-authority *,!x ${text(two)}`, { kind: 'certificate', place: 'F:1' }],
  ['an authority and the key', `@cert-authority * ${text(two)}\nbox ${text(one)}`, { kind: 'known' }],
  ['the key of another host', `bax,!box ${text(one)}`, { kind: 'unknown' }],
  ['a line that is none', `box ssh-ed25519 ???\n@what box ${text(two)}\nbox`, { kind: 'unknown' }],
])('a file that has %s', (_, file, verdict) => {
  expect(verdictOf(keysInFile(file, 'F', 'box'), one)).toEqual(verdict);
});
