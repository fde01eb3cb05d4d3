import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localHost } from '../../../src/launch/remote/local-host.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-host-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a command on this machine', () => {
  test('gets its arguments as they are, its input, its folder and variables, and LC_ALL=C', async () => {
    const script = 'printf "%s|" "$@" "$PWD" "$LC_ALL" "$MORE"; cat; echo said >&2; exit 3';
    const outcome = await localHost.run(['sh', '-c', script, 'sh', 'a b', '$HOME', "'"], {
      input: 'in',
      cwd: folder,
      environment: { MORE: 'more' },
    });
    expect(outcome).toEqual({
      code: 3,
      signal: undefined,
      stdout: `a b|$HOME|'|${folder}|C|more|in`,
      stderr: 'said\n',
      isTimeout: false,
    });
  });

  test('that is too slow is ended, and one that does not exist is an outcome too', async () => {
    const slow = await localHost.run(['sleep', '60'], { timeoutMs: 50 });
    expect(slow).toMatchObject({ code: undefined, signal: 'SIGKILL', isTimeout: true });
    const missing = await localHost.run(['no-such-program-of-ours']);
    expect(missing).toMatchObject({ code: undefined, signal: undefined, isTimeout: false });
    expect(missing.stderr).toMatch(/ENOENT/);
  });
});

describe('a file on this machine', () => {
  test('is written whole with its folders, and read from where one likes', async () => {
    const path = join(folder, 'deep', 'er', 'file.sh');
    await localHost.writeFile(path, 'hello', 0o700);
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'deep', 'er'))).toEqual(['file.sh']);
    expect(Buffer.from((await localHost.readFile(path, 2))!).toString()).toBe('llo');
    expect((await localHost.readFile(path, 99))!.length).toBe(0);
    expect(await localHost.readFile(join(folder, 'none'))).toBeUndefined();
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });
});
