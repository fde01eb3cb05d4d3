import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SshHost, sshHost } from '../../../src/launch/remote/ssh-host.js';
import { recordSkip } from '../../skips.js';
import { type Sshd, sshdProblem, startSshd } from '../../ssh/sshd.js';

const problem = sshdProblem();
if (problem) recordSkip(`hosts over ssh: ${problem}`);

describe.skipIf(problem)('a host over ssh', () => {
  let sshd: Sshd;
  let scratch: string;
  const hosts: SshHost[] = [];

  beforeAll(async () => {
    sshd = await startSshd(['MaxSessions 4']);
    scratch = mkdtempSync(join(tmpdir(), 'shoal-ssh-host-'));
  });
  afterAll(async () => {
    for (const host of hosts) await host.close();
    await sshd?.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  const open = (transport: 'ssh2' | 'system') => {
    const host = sshHost('box', { environment: sshd.environment, transport, asker: 'none' });
    hosts.push(host);
    return host;
  };

  describe.each(['ssh2', 'system'] as const)('through %s', (transport) => {
    let host: SshHost;
    beforeAll(() => {
      host = open(transport);
    });

    test('runs a command with its arguments, input, folder and variables as they are', async () => {
      const argv = [
        'sh',
        '-c',
        'printf "%s|" "$@"; pwd; cat; echo "$V $LC_ALL" >&2; exit 3',
        'x',
        "a 'b'",
        '$HOME\n!',
        '',
      ];
      const outcome = await host.run(argv, {
        input: 'TERM\nKILL\n',
        cwd: scratch,
        environment: { V: "it's" },
      });
      expect(outcome).toEqual({
        code: 3,
        signal: undefined,
        stdout: `a 'b'|$HOME\n!||${scratch}\nTERM\nKILL\n`,
        stderr: "it's C\n",
        isTimeout: false,
      });
    });

    test('starts in the home folder, and tells of signals, of programs and folders that are not there', async () => {
      expect((await host.run(['pwd'])).stdout).toBe(`${sshd.home}\n`);
      expect(await host.run(['sh', '-c', 'kill -SEGV $$'])).toMatchObject({
        code: undefined,
        signal: 'SIGSEGV',
      });
      expect(await host.run(['sh', '-c', 'exit 255'])).toMatchObject({ code: 255 });
      expect(await host.run(['no-such-program'])).toMatchObject({
        code: undefined,
        signal: undefined,
        stderr: 'there is no program no-such-program\n',
      });
      expect(await host.run(['true'], { cwd: '/no/such' })).toMatchObject({ code: undefined });
    });

    test('ends a command and its children at its time limit', async () => {
      const name = `9${process.pid}${transport === 'ssh2' ? 1 : 2}`;
      const script = `trap "" TERM; echo deaf; sleep ${name} & sleep ${name}; sleep ${name}`;
      let outcome: Awaited<ReturnType<SshHost['run']>> | undefined;
      // Until it has come so far before its time is over.
      for (let timeoutMs = 500; outcome?.stdout !== 'deaf\n'; timeoutMs *= 3) {
        outcome = await host.run(['sh', '-c', script], { timeoutMs });
        expect(outcome).toMatchObject({ code: undefined, isTimeout: true });
      }
      expect(outcome.signal).toBe('SIGKILL');
      expect(spawnSync('pgrep', ['-f', `sleep ${name}`]).status).toBe(1);
    });

    test('reads and writes files whole, with their mode, and from an offset', async () => {
      const path = join(scratch, transport, "a folder's", 'file');
      const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256);
      await host.writeFile(path, bytes, 0o755);
      expect(readFileSync(path).equals(bytes)).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o755);
      expect(Buffer.from((await host.readFile(path, 299_990)) ?? []).equals(bytes.subarray(299_990))).toBe(
        true,
      );
      expect(await host.readFile(path, 300_000)).toHaveLength(0);
      expect(await host.readFile(join(scratch, 'nothing'))).toBeUndefined();
    });

    test('runs more commands at once than one connection may carry', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 12 }, (_, i) => host.run(['sh', '-c', `sleep 0.05; echo ${i}`])),
      );
      expect(outcomes.map(({ stdout }) => Number(stdout))).toEqual(Array.from({ length: 12 }, (_, i) => i));
    });
  });
});
