import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { acquireLock, type LockOwner, readLock } from '../../src/store/lock.js';
import { bundleProgram } from '../process/bundle.js';
import { temporaryFolder } from './support.js';

test('A lock names its owner, keeps a second owner out, and counts epochs from owner to owner', () => {
  const dir = temporaryFolder();
  const first = acquireLock(dir);
  expect(readLock(dir)).toMatchObject({ host: hostname(), pid: process.pid, epoch: 1, state: 'held' });
  expect(() => acquireLock(dir)).toThrow(`process ${process.pid} on host ${hostname()}`);
  expect(first.stillOwner()).toBe(true);
  first.release();
  expect(readLock(dir)).toMatchObject({ epoch: 1, state: 'released' });
  const second = acquireLock(dir);
  expect(second.owner.epoch).toBe(2);
  second.release();
  expect(readdirSync(dir)).toEqual(['lock']);
});

test('The lock of a process that runs is kept, and of one that was killed is taken over', async () => {
  const dir = temporaryFolder();
  const child = await sleeper();
  write(dir, { pid: child.pid!, startTime: startTime(child.pid!) });
  expect(() => acquireLock(dir)).toThrow(`process ${child.pid}`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(acquireLock(dir).owner.epoch).toBe(8);
});

test('The lock of a process that was killed and that its parent has forgotten is taken over', async () => {
  const dir = temporaryFolder();
  const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [pid] = (await once(parent.stdout, 'data')).map(Number);
  write(dir, { pid: pid!, startTime: startTime(pid!) });
  expect(() => acquireLock(dir)).toThrow(`process ${pid}`);
  process.kill(pid!, 'SIGKILL');
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
  expect(acquireLock(dir).owner.epoch).toBe(8);
});

test('A process number that another process has by now does not keep the lock', async () => {
  const dir = temporaryFolder();
  const child = await sleeper();
  write(dir, { pid: child.pid!, startTime: '1' });
  expect(acquireLock(dir).owner.epoch).toBe(8);
});

test('A lock from before the last boot is taken over', async () => {
  const dir = temporaryFolder();
  const child = await sleeper();
  write(dir, { pid: child.pid!, startTime: startTime(child.pid!), bootId: 'another boot' });
  expect(acquireLock(dir).owner.epoch).toBe(8);
});

test('A lock held on another host is refused with its name and the way out', () => {
  const dir = temporaryFolder();
  write(dir, { host: 'node17.cluster', pid: 1 });
  try {
    acquireLock(dir);
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ name: 'EnvironmentError' });
    expect((error as Error).message).toContain('node17.cluster');
    expect((error as { hint: string }).hint).toContain(`resume ${dir} --take-over`);
  }
});

test('A lock held on another host is taken over when the user says so, and one of a living process is not', () => {
  const dir = temporaryFolder();
  write(dir, { host: 'node17.cluster', pid: 1 });
  const lock = acquireLock(dir, { takeOver: true });
  expect(lock.owner.epoch).toBe(8);
  expect(() => acquireLock(dir, { takeOver: true })).toThrow(`process ${process.pid}`);
});

test('An owner that was taken for dead finds itself replaced and leaves the new lock alone', () => {
  const dir = temporaryFolder();
  const asleep = acquireLock(dir);
  write(dir, { ...asleep.owner, startTime: '1' });
  const successor = acquireLock(dir);
  expect(asleep.stillOwner()).toBe(false);
  asleep.release();
  expect(successor.stillOwner()).toBe(true);
  expect(readLock(dir)).toMatchObject({ nonce: successor.owner.nonce, state: 'held' });
});

test('Of two processes that see the same dead owner, the one without the ticket is refused', () => {
  const dir = temporaryFolder();
  write(dir, { startTime: '1' });
  const { host, pid, bootId, startTime: mine } = acquireLock(temporaryFolder()).owner;
  writeFileSync(
    join(dir, 'lock.8'),
    JSON.stringify({ ...ownerBefore, host, pid, bootId, startTime: mine, epoch: 8 }),
  );
  expect(() => acquireLock(dir)).toThrow(`process ${pid}`);
  expect(readLock(dir)).toMatchObject({ epoch: 7 });
});

test('Tickets of processes that died with them are passed over, and gone afterwards', () => {
  const dir = temporaryFolder();
  write(dir, { startTime: '1' });
  for (const epoch of [8, 9]) {
    writeFileSync(
      join(dir, `lock.${epoch}`),
      JSON.stringify({ ...ownerBefore, epoch, nonce: `dead ${epoch}` }),
    );
  }
  expect(acquireLock(dir).owner.epoch).toBe(10);
  expect(readdirSync(dir)).toEqual(['lock']);
});

describe('Processes killed in front of each system call of the lock leave one that can be taken', () => {
  let killed: string;
  beforeAll(async () => {
    killed = await bundleProgram('test/store/programs/lock-killed.ts');
  });

  /** Resolves to false when the process came to its end before that call. */
  function isKilledAt(call: number, dir: string): boolean {
    const done = spawnSync(process.execPath, [killed, dir, String(call)], { encoding: 'utf8' });
    expect(done.stderr).toBe('');
    expect(done.signal ?? done.status).toBe(done.signal ? 'SIGKILL' : 0);
    return done.signal !== null;
  }

  test('after each of them', () => {
    const dir = temporaryFolder();
    let calls = 0;
    while (isKilledAt(calls, dir)) {
      calls++;
      acquireLock(dir).release();
      expect(readdirSync(dir)).toEqual(['lock']);
    }
    expect(calls).toBeGreaterThan(20);
  });

  test('after many of them, with the tickets of all', () => {
    const dir = temporaryFolder();
    for (let call = 0; call < 30; call++) expect(isKilledAt(call, dir)).toBe(true);
    expect(readdirSync(dir)).toContain('lock.3');
    acquireLock(dir).release();
    expect(readdirSync(dir)).toEqual(['lock']);
  });
});

test('Of processes that contend for a lock, and are killed at it, no two ever have it', async () => {
  const contender = await bundleProgram('test/store/programs/lock-contender.ts');
  const dir = join(temporaryFolder(), 'run');
  mkdirSync(dir);
  const contenders = [0, 0, 0, 1, 1].map(async (isKilled) => {
    for (let round = 0; round < (isKilled ? 6 : 1); round++) {
      const child = spawn(process.execPath, [contender, dir], { stdio: ['ignore', 'ignore', 'pipe'] });
      let stderr = '';
      child.stderr.on('data', (text) => {
        stderr += text;
      });
      if (isKilled) setTimeout(() => child.kill('SIGKILL'), 100 + 40 * round);
      const [code, signal] = await once(child, 'exit');
      expect(stderr).toBe('');
      expect(isKilled ? (signal ?? code) : code).toBe(isKilled && signal ? 'SIGKILL' : 0);
    }
  });
  await Promise.all(contenders);
  acquireLock(dir).release();
});

test('Releasing on a disk that takes no more bytes frees the run directory all the same', () => {
  const dir = temporaryFolder();
  const lock = acquireLock(dir);
  // A folder in the place of the temporary file makes writing it fail.
  mkdirSync(`${join(dir, 'lock')}.${process.pid}.tmp`);
  lock.release();
  acquireLock(dir).release();
});

test('A lock file that names nobody is refused and stays', () => {
  const dir = temporaryFolder();
  writeFileSync(join(dir, 'lock'), '');
  expect(() => acquireLock(dir)).toThrow('does not say who owns it');
  expect(existsSync(join(dir, 'lock'))).toBe(true);
});

const ownerBefore: LockOwner = {
  host: hostname(),
  pid: process.pid,
  bootId: bootId(),
  startTime: '1',
  epoch: 7,
  nonce: 'before',
  since: '2026-01-01T00:00:00.000Z',
  state: 'held',
};

function write(dir: string, owner: Partial<LockOwner>): void {
  writeFileSync(join(dir, 'lock'), JSON.stringify({ ...ownerBefore, ...owner }));
}

async function sleeper(): Promise<ChildProcess> {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  return child;
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

function startTime(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19]!;
}
