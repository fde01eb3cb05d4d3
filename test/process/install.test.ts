import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildId, cacheFolder, isBundled, packageRoot, version } from '../../src/process/install.js';

test('the package folder is the one with package.json and src', () => {
  expect(existsSync(join(packageRoot(), 'src', 'process', 'install.ts'))).toBe(true);
});

test('a run from sources says so in its build id', () => {
  expect(isBundled()).toBe(false);
  expect(version()).toMatch(/^\d+\.\d+\.\d+$/);
  expect(buildId()).toBe(`${version()}-source`);
});

test.each([
  ['an absolute XDG_CACHE_HOME', '/var/cache/me', '/var/cache/me/shoal'],
  ['no XDG_CACHE_HOME', undefined, join(homedir(), '.cache', 'shoal')],
  ['an empty XDG_CACHE_HOME', '', join(homedir(), '.cache', 'shoal')],
  [
    'a relative XDG_CACHE_HOME, which the specification has ignored',
    'cache',
    join(homedir(), '.cache', 'shoal'),
  ],
])('the cache folder with %s', (_title, given, expected) => {
  expect(cacheFolder(given === undefined ? {} : { XDG_CACHE_HOME: given })).toBe(expected);
});
