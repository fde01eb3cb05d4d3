import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { removeLeftovers, temporaryFolder, temporaryName } from '../../src/process/temporary.js';
import { bundleProgram } from './bundle.js';

function base(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('A folder of a living process stays, and one of a killed process goes with all it holds', async () => {
  const folder = base();
  const killed = await bundleProgram('test/process/programs/temporary-killed.ts');
  const done = spawnSync(process.execPath, [killed, folder], { encoding: 'utf8' });
  expect(done.signal).toBe('SIGKILL');
  const [left] = readdirSync(folder);
  expect(readdirSync(join(folder, left!))).toEqual(['big']);
  const own = temporaryFolder('job', folder);
  await removeLeftovers(folder);
  expect(readdirSync(folder)).toEqual([basename(own)]);
});

test('What another host made, and what only looks alike, stays', async () => {
  const folder = base();
  const own = temporaryName('job');
  const [host, boot] = [own.slice(10, 16), own.slice(16, 22)];
  const otherHost = own.replace(host, host === '000000' ? '000001' : '000000').replace(/-\d+-/, '-1-');
  const elsewhere = join(base(), 'elsewhere');
  mkdirSync(elsewhere);
  mkdirSync(join(folder, otherHost));
  mkdirSync(join(folder, 'shoal-job-notes'));
  writeFileSync(join(folder, own.replace(/-\d+-\d+-/, '-1-1-')), 'a file');
  symlinkSync(elsewhere, join(folder, own.replace(/-\d+-\d+-/, '-1-2-')));
  const before = readdirSync(folder);
  await removeLeftovers(folder);
  expect(readdirSync(folder)).toEqual(before);
  expect(existsSync(elsewhere)).toBe(true);

  mkdirSync(join(folder, own.replace(boot, boot === '000000' ? '000001' : '000000')));
  await removeLeftovers(folder);
  expect(readdirSync(folder)).toEqual(before);
});

test('A base that is not there is no error', async () => {
  await removeLeftovers(join(base(), 'nowhere'));
});
