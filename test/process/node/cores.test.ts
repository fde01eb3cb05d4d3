import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { availableCores, cgroupQuota } from '../../../src/process/node/cores.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-cgroup-'));
});

afterEach(() => rm(root, { recursive: true }));

async function write(file: string, text: string): Promise<void> {
  await mkdir(join(root, file, '..'), { recursive: true });
  await writeFile(join(root, file), text);
}

test('the tightest quota on the way to the root counts (cgroup v2)', async () => {
  await write('a/cpu.max', '150000 100000\n');
  await write('a/b/cpu.max', '400000 100000\n');
  expect(cgroupQuota(root, '0::/a/b\n')).toBe(1.5);
});

test('a quota of cgroup v1 is found beside other controllers', async () => {
  await write('cpu/job/cpu.cfs_quota_us', '250000\n');
  await write('cpu/job/cpu.cfs_period_us', '100000\n');
  expect(cgroupQuota(root, '5:memory:/other\n4:cpu,cpuacct:/job\n')).toBe(2.5);
});

test.each([
  ['max', 'max 100000\n'],
  ['minus one', '-1 100000\n'],
  ['an unreadable text', 'nonsense\n'],
])('%s means no quota', async (_, text) => {
  await write('cpu.max', text);
  expect(cgroupQuota(root, '0::/\n')).toBe(Number.POSITIVE_INFINITY);
});

test('half a core still gives one worker, and no quota gives every core', async () => {
  await write('cpu.max', '50000 100000\n');
  await write('membership', '0::/\n');
  expect(availableCores(root, join(root, 'membership'))).toBe(1);
  expect(availableCores(root, join(root, 'missing'))).toBe(availableParallelism());
});
