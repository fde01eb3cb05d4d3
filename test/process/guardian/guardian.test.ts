import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { guardMark, startGuardian } from '../../../src/process/guardian/guardian.js';
import { bundleProgram } from '../bundle.js';
import { eventually, processesMarked } from '../marked.js';

let starter: string;
let mark: string;
const started: ChildProcess[] = [];

beforeAll(async () => {
  starter = await bundleProgram('test/process/programs/starter.ts');
});

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const pid of processesMarked(mark)) process.kill(pid, 'SIGKILL');
});

async function startStarter(...args: string[]): Promise<ChildProcess> {
  mark = randomUUID();
  const child = spawn(process.execPath, [starter, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, SHOAL_TEST_MARK: mark },
  });
  started.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

describe('when the starter gets SIGKILL, nothing of what it started remains', () => {
  test.each([
    ['workers that read their input', 'patient,patient', 2],
    ['a worker in an endless loop', 'busy', 1],
    ['a worker in an endless loop that listens to SIGTERM', 'stubborn', 1],
    ['a worker with a child of its own', 'parent', 2],
    ['all of them together', 'patient,busy,stubborn,parent', 5],
  ])('%s', async (_, kinds, leastCount) => {
    const child = await startStarter(kinds);
    expect(await eventually(() => processesMarked(mark).length > leastCount)).toBe(true);
    child.kill('SIGKILL');
    expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
  });
});

test('a starter that ends by itself takes forgotten workers along', async () => {
  await startStarter('busy,parent', 'exit');
  expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
});

test('a released process is left alone', async () => {
  mark = randomUUID();
  const guardian = startGuardian();
  const [kept, ended] = [0, 1].map(() =>
    spawn('/bin/sleep', ['60'], {
      stdio: 'ignore',
      detached: true,
      env: { SHOAL_TEST_MARK: mark },
    }),
  );
  started.push(kept!, ended!);
  guardian.watch(kept!.pid!);
  guardian.watch(ended!.pid!);
  guardian.release(kept!.pid!);
  guardian.close();
  guardian.close();
  expect(await eventually(() => ended!.signalCode === 'SIGTERM')).toBe(true);
  expect(processesMarked(mark)).toEqual([kept!.pid]);
});

describe('marked processes', () => {
  const sleeper = (word: string): ChildProcess => {
    const child = spawn('/bin/sh', ['-c', 'sleep 60 & wait'], {
      stdio: 'ignore',
      detached: true,
      env: { SHOAL_TEST_MARK: mark, ...guardMark(word) },
    });
    started.push(child);
    return child;
  };

  test('end with their starter, wherever they moved, and with them what they started', async () => {
    mark = randomUUID();
    const guardian = startGuardian();
    guardian.watchMarked(`mine-${mark}`);
    const [first, second, other] = [`mine-${mark}`, `mine-${mark}`, `other-${mark}`].map(sleeper);
    expect(await eventually(() => processesMarked(mark).length === 6)).toBe(true);
    guardian.close();
    expect(await eventually(() => processesMarked(mark).length === 2)).toBe(true);
    const areTold = () => first?.signalCode === 'SIGTERM' && second?.signalCode === 'SIGTERM';
    expect(await eventually(areTold)).toBe(true);
    process.kill(-(other?.pid as number), 'SIGKILL');
  });

  test('are left alone once they are released', async () => {
    mark = randomUUID();
    const guardian = startGuardian();
    guardian.watchMarked(mark);
    const [kept, ended] = [sleeper(mark), sleeper('other')];
    guardian.watch(ended.pid as number);
    guardian.releaseMarked();
    guardian.close();
    expect(await eventually(() => ended.signalCode === 'SIGTERM')).toBe(true);
    expect(kept.signalCode).toBeNull();
    process.kill(-(kept.pid as number), 'SIGKILL');
  });

  test('a mark that a shell could take for more than a word is refused', () => {
    const guardian = startGuardian();
    expect(() => guardian.watchMarked('a b')).toThrow(TypeError);
    guardian.close();
  });
});
