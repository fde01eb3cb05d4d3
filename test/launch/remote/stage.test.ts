import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type SshHost, sshHost } from '../../../src/launch/remote/ssh-host.js';
import { batchesOf, largeBytes } from '../../../src/launch/remote/stage/batches.js';
import { fetchFolder } from '../../../src/launch/remote/stage/fetch.js';
import { sendFiles } from '../../../src/launch/remote/stage/send.js';
import { recordSkip } from '../../skips.js';
import { type Sshd, sshdProblem, startSshd } from '../../ssh/sshd.js';

const problem = sshdProblem();
if (problem) recordSkip(`files to and from hosts: ${problem}`);

test('every file travels in one batch, small batches are small, large files are alone', () => {
  const sized = fc.array(fc.nat({ max: 3 * largeBytes }), { maxLength: 40 });
  fc.assert(
    fc.property(sized, (sizes) => {
      const files = sizes.map((bytes, i) => ({ path: `${i}`, bytes }));
      const batches = batchesOf(files);
      const all = batches.flatMap((batch) => (batch.kind === 'large' ? [batch.file] : batch.files));
      expect(all.map(({ path }) => Number(path)).sort((a, b) => a - b)).toEqual(files.map((_, i) => i));
      for (const batch of batches) {
        if (batch.kind === 'large') expect(batch.file.bytes).toBeGreaterThan(largeBytes);
        else expect(batch.files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(largeBytes);
      }
    }),
  );
});

describe.skipIf(problem)('files of a host', () => {
  let sshd: Sshd;
  let host: SshHost;
  let here: string;
  let there: string;

  beforeAll(async () => {
    sshd = await startSshd();
    host = sshHost('box', { environment: sshd.environment, asker: 'none' });
  });
  afterAll(async () => {
    await host?.close();
    await sshd?.close();
  });
  beforeEach(() => {
    here = mkdtempSync(join(tmpdir(), 'shoal-here-'));
    there = join(mkdtempSync(join(tmpdir(), 'shoal-there-')), "it's");
  });
  afterEach(() => {
    rmSync(here, { recursive: true, force: true });
    rmSync(join(there, '..'), { recursive: true, force: true });
  });

  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(join(here, path, '..'), { recursive: true });
    writeFileSync(join(here, path), content);
  };

  test('only what changed is sent, with its mode, under any name', async () => {
    const paths = ['study.yaml', 'a b/c\nd', "it's/-x", 'run.sh'];
    for (const path of paths) write(path, `1 ${path}`);
    chmodSync(join(here, 'run.sh'), 0o755);
    expect(await sendFiles(host, here, paths, there)).toMatchObject({ sent: paths, unchangedCount: 0 });
    for (const path of paths) expect(readFileSync(join(there, path), 'utf8')).toBe(`1 ${path}`);
    expect(statSync(join(there, 'run.sh')).mode & 0o777).toBe(0o755);
    write('a b/c\nd', '2');
    expect(await sendFiles(host, here, paths, there)).toMatchObject({
      sent: ['a b/c\nd'],
      unchangedCount: 3,
    });
    expect(readFileSync(join(there, 'a b/c\nd'), 'utf8')).toBe('2');
    expect(readdirSync(there).filter((name) => name.startsWith('.'))).toEqual([]);
    await expect(sendFiles(host, here, ['nothing'], there)).rejects.toThrow('no such file');
  });

  test('a large file goes on where the connection was cut', async () => {
    const bytes = randomBytes(12 * 1024 * 1024);
    write('large', bytes);
    let cuts = 0;
    const seen: number[] = [];
    const outcome = await sendFiles(host, here, ['large'], there, ({ doneBytes, totalBytes }) => {
      expect(totalBytes).toBe(bytes.length);
      seen.push(doneBytes);
      if (cuts === 0 && doneBytes > bytes.length / 2) {
        cuts++;
        sshd.cut();
      }
    });
    expect(outcome).toMatchObject({ sent: ['large'], sentBytes: bytes.length });
    expect(readFileSync(join(there, 'large')).equals(bytes)).toBe(true);
    expect(readdirSync(there)).toEqual(['large']);
    // The second attempt began with what had arrived.
    const second = seen.findIndex((done, i) => i > 0 && done < (seen[i - 1] as number));
    expect(cuts).toBe(1);
    expect(second).toBeGreaterThan(0);
    expect(seen[second]).toBeGreaterThan(0);
    expect(seen.at(-1)).toBe(bytes.length);
  });

  test('of a growing journal only the new bytes come, of other files what changed', async () => {
    mkdirSync(join(there, 'journal'), { recursive: true });
    const segment = join(there, 'journal', '000');
    writeFileSync(segment, 'first\n');
    writeFileSync(join(there, 'manifest.json'), '{"a":1}');
    const options = { isAppendOnly: (path: string) => path.startsWith('journal/') };
    const target = join(here, 'run');
    expect((await fetchFolder(host, there, target, options)).changed).toEqual([
      'manifest.json',
      'journal/000',
    ]);
    appendFileSync(segment, 'second\n');
    expect(await fetchFolder(host, there, target, options)).toEqual({ changed: ['journal/000'], bytes: 7 });
    expect(readFileSync(join(target, 'journal', '000'), 'utf8')).toBe('first\nsecond\n');
    expect(await fetchFolder(host, there, target, options)).toEqual({ changed: [], bytes: 0 });
    // A journal that was begun anew is shorter.
    writeFileSync(segment, 'new\n');
    writeFileSync(join(there, 'manifest.json'), '{"a":2}');
    await fetchFolder(host, there, target, options);
    expect(readFileSync(join(target, 'journal', '000'), 'utf8')).toBe('new\n');
    expect(readFileSync(join(target, 'manifest.json'), 'utf8')).toBe('{"a":2}');
    expect(readdirSync(target).sort()).toEqual(['journal', 'manifest.json']);
    await expect(fetchFolder(host, join(there, 'no'), target, options)).rejects.toThrow('has no folder');
  });

  test('a fetch that is cut goes on behind what it has', async () => {
    mkdirSync(there, { recursive: true });
    const bytes = randomBytes(12 * 1024 * 1024);
    writeFileSync(join(there, 'journal'), bytes);
    let cuts = 0;
    const outcome = await fetchFolder(host, there, here, {
      isAppendOnly: () => true,
      onBytes: (total) => {
        if (cuts === 0 && total > bytes.length / 2) {
          cuts++;
          sshd.cut();
        }
      },
    });
    expect(cuts).toBe(1);
    expect(outcome).toEqual({ changed: ['journal'], bytes: bytes.length });
    expect(readFileSync(join(here, 'journal')).equals(bytes)).toBe(true);
  });
});
