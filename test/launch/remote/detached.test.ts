import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  commandsFolder,
  detachedOutput,
  detachedState,
  endDetached,
  forgetDetached,
  newDetachedId,
  startDetached,
} from '../../../src/launch/remote/detached.js';
import { type SshHost, sshHost } from '../../../src/launch/remote/ssh-host.js';
import { recordSkip } from '../../skips.js';
import { type Sshd, sshdProblem, startSshd } from '../../ssh/sshd.js';

const problem = sshdProblem();
if (problem) recordSkip(`detached commands on hosts: ${problem}`);

describe.skipIf(problem)('a detached command', () => {
  let sshd: Sshd;
  let host: SshHost;

  beforeAll(async () => {
    sshd = await startSshd();
    host = sshHost('box', { environment: sshd.environment, asker: 'none' });
  });
  afterAll(async () => {
    await host?.close();
    await sshd?.close();
  });

  const ended = async (id: string) => {
    for (;;) {
      const state = await detachedState(host, id);
      if (state.kind !== 'running') return state;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };

  test('outlives the connection and a restart of sshd, runs once, and is found again', async () => {
    const id = newDetachedId();
    const go = join(sshd.folder, 'go');
    const argv = [
      'sh',
      '-c',
      `echo "$V" started; while [ ! -e "${go}" ]; do sleep 0.1; done; echo done >&2; exit 5`,
    ];
    const options = { environment: { V: "it's" }, cwd: '/' };
    await startDetached(host, id, argv, options);
    await startDetached(host, id, argv, options);
    expect(await detachedState(host, id)).toEqual({ kind: 'running' });
    await sshd.stop();
    await sshd.start();
    expect(await detachedState(host, id)).toEqual({ kind: 'running' });
    await expect(forgetDetached(host, id)).rejects.toThrow('still runs');
    writeFileSync(go, '');
    expect(await ended(id)).toEqual({ kind: 'ended', code: 5 });
    expect(Buffer.from((await detachedOutput(host, id, 'stdout')) ?? []).toString()).toBe("it's started\n");
    expect(Buffer.from((await detachedOutput(host, id, 'stderr', 2)) ?? []).toString()).toBe('ne\n');
    await forgetDetached(host, id);
    expect(await detachedState(host, id)).toEqual({ kind: 'unknown' });
  });

  test('is ended with all that it started', async () => {
    const id = newDetachedId();
    await startDetached(host, id, ['sh', '-c', 'trap "" TERM; sleep 987 & sleep 987; sleep 987']);
    await endDetached(host, id, 0.3);
    expect(await detachedState(host, id)).toEqual({ kind: 'ended', code: 143 });
  });

  test('that was killed with its keeper has vanished, also when another process has its number', async () => {
    const id = newDetachedId();
    await startDetached(host, id, ['sleep', '987']);
    const file = join(sshd.home, commandsFolder, id, 'process');
    const [pid = ''] = readFileSync(file, 'utf8').split(' ');
    process.kill(-Number(pid), 'SIGKILL');
    expect(await ended(id)).toEqual({ kind: 'vanished' });
    writeFileSync(file, `${process.pid} 1\n`);
    expect(await detachedState(host, id)).toEqual({ kind: 'vanished' });
  });

  test('with an id that is a path is refused', async () => {
    await expect(startDetached(host, '../x', ['true'])).rejects.toThrow('no id');
  });
});
