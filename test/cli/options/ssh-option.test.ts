import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environmentArguments } from '../../../src/cli/command.js';
import type { CommandContext } from '../../../src/cli/context.js';
import { sshKindFor, sshOption } from '../../../src/cli/options/ssh-option.js';

describe('what connects to a host', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'shoal-ssh-option-'));
    const sites = join(folder, 'shoal', 'sites');
    mkdirSync(sites, { recursive: true });
    writeFileSync(join(sites, 'kerberos.yaml'), 'ssh: system\n');
    writeFileSync(join(sites, 'plain.yaml'), 'mpi: openmpi\n');
    writeFileSync(join(sites, 'wrong.yaml'), 'ssh: sytem\n');
    writeFileSync(join(folder, 'own.yaml'), 'ssh: system\n');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function kindFor(host: string, given: Record<string, string>, variable?: string) {
    const environment = { XDG_CONFIG_HOME: folder, ...(variable !== undefined && { SHOAL_SSH: variable }) };
    const args = { ...environmentArguments(sshOption, environment), ...given };
    return sshKindFor(host, args, { environment, cwd: folder } as unknown as CommandContext);
  }

  test.each([
    ['nobody says it', 'box', {}, undefined, undefined],
    ['the option', 'box', { ssh: 'system' }, undefined, 'system'],
    ['the variable', 'box', {}, 'system', 'system'],
    ['the option before the variable', 'box', { ssh: 'ssh2' }, 'system', 'ssh2'],
    ['the site of the host', 'ann@kerberos:2222', {}, undefined, 'system'],
    ['the option before the site', 'kerberos', { ssh: 'ssh2' }, undefined, 'ssh2'],
    ['the variable before the site', 'kerberos', {}, 'ssh2', 'ssh2'],
    ['a site that is named', 'box', { site: 'kerberos' }, undefined, 'system'],
    ['a file of a site', 'box', { site: './own.yaml' }, undefined, 'system'],
    [
      'a named site that says nothing, before that of the host',
      'kerberos',
      { site: 'plain' },
      undefined,
      undefined,
    ],
  ])('%s', (_, host, given, variable, kind) => {
    expect(kindFor(host, given, variable)).toBe(kind);
  });

  test.each([
    ['box', { ssh: 'openssh' }, undefined, '--ssh'],
    ['box', {}, 'openssh', 'SHOAL_SSH'],
  ])('is refused for %s, %j and variable %s', (host, given, variable, words) => {
    expect(() => kindFor(host, given, variable)).toThrow(words);
  });

  test('a wrong one in the file of a site is refused with its place', () => {
    const facts = {
      file: join(folder, 'shoal', 'sites', 'wrong.yaml'),
      line: 1,
      field: 'ssh',
      expected: 'ssh2 or system',
    };
    expect(() => kindFor('wrong', {})).toThrow(
      expect.objectContaining({ facts: expect.objectContaining(facts) }),
    );
  });
});
