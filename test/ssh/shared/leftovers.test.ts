import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { meetingFolder } from '../../../src/ssh/shared/find-holder.js';
import { removeMeetings } from '../../../src/ssh/shared/leftovers.js';

function folderOf(base: string, runDir: string): string {
  return join(base, basename(meetingFolder(runDir, {})));
}

test('a meeting folder goes when nobody answers in it any more, and stays for those who are there or coming', async () => {
  const base = mkdtempSync(join(tmpdir(), 'shoal-test-'));
  onTestFinished(() => rmSync(base, { recursive: true, force: true }));
  const [dead, held, fresh, linked, elsewhere] = ['dead', 'held', 'fresh', 'linked', 'elsewhere'].map(
    (name) => folderOf(base, name),
  ) as [string, string, string, string, string];
  for (const folder of [dead, held, fresh]) {
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, '1.claim'), '7\n');
  }
  writeFileSync(join(dead, '1'), '');
  const server = createServer().listen(join(held, '2'));
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const target = join(base, 'target');
  mkdirSync(target);
  symlinkSync(target, linked);
  const otherHost = elsewhere.replace(/hosts-./, (text) => (text.endsWith('0') ? 'hosts-1' : 'hosts-0'));
  mkdirSync(otherHost);
  const past = new Date(Date.now() - 3_600_000);
  for (const folder of [dead, held, target, otherHost]) utimesSync(folder, past, past);
  await removeMeetings(base);
  const left = [held, fresh, linked, otherHost, target].map((path) => basename(path));
  expect(readdirSync(base).sort()).toEqual(left.sort());
});
