import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { descendantsOf, membersOf, signalAll } from '../../../src/process/guardian/process-list.js';
import {
  availableMemory,
  hostMemory,
  memoryKills,
  ownMemoryKills,
} from '../../../src/process/memory/memory.js';
import { delegatedFolder, makeMemoryGroup } from '../../../src/process/memory/memory-group.js';
import { memoryAbove } from '../../../src/process/memory/tree-memory.js';
import { recordSkip } from '../../skips.js';
import { eventually } from '../marked.js';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'shoal-memory-'));
});

afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): string {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe('memory that is left', () => {
  const available = (membership: string): number =>
    availableMemory(root, write('membership', membership), write('meminfo', 'MemAvailable: 1000000 kB\n'));

  test('is what the machine has where no control group limits it', () => {
    write('a/memory.max', 'max\n');
    expect(available('0::/a\n')).toBe(1_024_000_000);
    expect(available('')).toBe(1_024_000_000);
  });

  test.each([
    ['v2', '0::/job/step\n', 'job/memory.max', 'job/memory.current', 'job/memory.stat', 'inactive_file 100'],
    [
      'v1',
      '4:memory:/job/step\n',
      'memory/job/memory.limit_in_bytes',
      'memory/job/memory.usage_in_bytes',
      'memory/job/memory.stat',
      'total_inactive_file 100',
    ],
  ])(
    'is what the tightest group leaves, files that can be given up not counted (%s)',
    (_, own, limit, used, stat, cached) => {
      write(limit, '5000\n');
      write(used, '1100\n');
      write(stat, `cache 7\n${cached}\n`);
      expect(available(own)).toBe(4000);
    },
  );

  test('is never less than nothing', () => {
    write('job/memory.max', '5000\n');
    write('job/memory.current', '9000\n');
    expect(available('0::/job\n')).toBe(0);
  });
});

describe('memory of a host', () => {
  const memory = (environment: NodeJS.ProcessEnv, membership = ''): number =>
    hostMemory(environment, root, write('membership', membership), 2 ** 33);
  const gibibyte = 2 ** 30;

  test('is what is installed, or what the tightest control group allows, however much of it is free', () => {
    write('job/memory.max', `${3 * gibibyte}\n`);
    write('job/memory.current', `${2 * gibibyte}\n`);
    expect(memory({})).toBe(8 * gibibyte);
    expect(memory({}, '0::/job/step\n')).toBe(3 * gibibyte);
  });

  test.each([
    [{ SLURM_MEM_PER_NODE: '2048', SLURM_CPUS_ON_NODE: '4' }, 2],
    [{ SLURM_MEM_PER_CPU: '512', SLURM_CPUS_ON_NODE: '8' }, 4],
    [{ SLURM_MEM_PER_CPU: '512' }, 8],
    [{ SLURM_MEM_PER_NODE: '0' }, 8],
    [{ SLURM_MEM_PER_NODE: '1048576' }, 8],
  ])('is what Slurm gave to the job, where that is less: %o', (environment, gibibytes) => {
    expect(memory(environment)).toBe(gibibytes * gibibyte);
  });
});

test('Kills for want of memory are counted wherever the interface keeps them', () => {
  write('job/memory.events', 'low 0\noom 3\noom_kill 2\n');
  expect(memoryKills(root, write('membership', '0::/job\n'))).toBe(2);
  expect(memoryKills(root, write('membership', '4:memory:/none\n'))).toBe(0);
});

test('Kills of others in the same job are not our own', () => {
  write('job/memory.events', 'oom_kill 2\n');
  write('job/ours/memory.events', 'oom_kill 0\n');
  const own = write('membership', '0::/job/ours\n');
  expect([memoryKills(root, own), ownMemoryKills(root, own)]).toEqual([2, 0]);
  write('job/ours/memory.events', 'oom_kill 1\n');
  expect(ownMemoryKills(root, own)).toBe(1);
});

describe('processes', () => {
  /** A shell with a child, and one more that has moved to a session of its own. */
  const family = 'sleep 60 & setsid sleep 60 & wait';

  test('are found by parent, by session and by a mark, and end together', async () => {
    const mark = `shoal-test-mark-${process.pid}.`;
    const child = spawn('/bin/sh', ['-c', family], {
      ...{ detached: true, stdio: 'ignore' },
      env: { PATH: process.env.PATH, MARK: mark },
    });
    const pid = child.pid!;
    expect(await eventually(() => descendantsOf(pid).length === 2)).toBe(true);
    const all = [pid, ...descendantsOf(pid)].sort();
    expect(await eventually(() => membersOf(pid, mark).length === 3)).toBe(true);
    expect([...membersOf(pid, mark)].sort()).toEqual(all);
    expect(membersOf(pid, 'nobody has this').length).toBe(2);
    signalAll(membersOf(pid, mark), 'SIGKILL');
    expect(await eventually(() => membersOf(pid, mark).length === 0)).toBe(true);
    signalAll(all, 'SIGKILL');
  });

  test('count with all that they have started', async () => {
    const hog = "const a = Buffer.alloc(80e6, 1); process.stdout.write('x'); setInterval(() => a, 1e6)";
    const script = `const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', ${JSON.stringify(hog)}], { stdio: 'inherit' });`;
    const child = spawn(process.execPath, ['-e', script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout!, 'data');
      const found = memoryAbove(90e6, child.pid!);
      expect(found?.parts.length).toBe(2);
      expect(found?.parts[0]?.bytes).toBeGreaterThan(80e6);
      expect(found?.parts[0]?.pid).not.toBe(child.pid);
      expect(memoryAbove(2e9, child.pid!)).toBeUndefined();
    } finally {
      process.kill(-child.pid!, 'SIGKILL');
    }
  });
});

describe('a control group for memory', () => {
  test('is looked for where groups may be made, and nowhere when it is switched off', () => {
    const own = write('membership', '0::/job\n');
    expect(delegatedFolder({}, root, own)).toBeUndefined();
    write('job/cgroup.subtree_control', 'cpu io memory\n');
    expect(delegatedFolder({ SHOAL_CGROUP: 'off' }, root, own)).toBeUndefined();
    // A folder of a real group comes with its files; this one has none.
    expect(delegatedFolder({}, root, own)).toBeUndefined();
    expect(existsSync(join(root, 'job', `shoal-trial-${process.pid}`))).toBe(false);
  });

  test('ends a process that goes beyond it, and counts that', async ({ skip }) => {
    const parent = delegatedFolder({});
    if (!parent) recordSkip('control groups for memory: none may be made here');
    skip(!parent, 'no control group may be made here');
    const group = makeMemoryGroup(parent!, `shoal-test-${process.pid}`, 150e6);
    expect(group).toBeDefined();
    expect(group!.kills()).toBe(0);
    const hog = 'process.stdin.once("data", () => { const a = []; for (;;) a.push(Buffer.alloc(1e7, 1)); });';
    const child = spawn(process.execPath, ['-e', hog], { stdio: ['pipe', 'ignore', 'ignore'] });
    group!.add(child.pid!);
    child.stdin!.write('go');
    const [, signal] = await once(child, 'exit');
    expect(signal).toBe('SIGKILL');
    expect(group!.kills()).toBe(1);
    const isGone = (): boolean => {
      group!.remove();
      return !existsSync(join(parent!.path, `shoal-test-${process.pid}`));
    };
    expect(await eventually(isGone)).toBe(true);
  });
});
