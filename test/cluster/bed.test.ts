/** The test cluster itself: other tests of this folder believe what it says. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/process/install.js';
import { type Cluster, startCluster } from './bed/cluster.js';
import { canHaveCluster } from './bed/obstacle.js';
import { until } from './bed/until.js';

const isPossible = canHaveCluster('the test cluster');
const batch = ['-o', 'BatchMode=yes'];

describe.skipIf(!isPossible)('a cluster', () => {
  let cluster: Cluster;

  beforeAll(async () => {
    cluster = await startCluster({ hosts: 2 });
  });
  afterAll(() => cluster?.down());

  const ok = async (host: string, ...argv: string[]): Promise<string> => {
    const { code, stdout, stderr } = await cluster.exec(host, argv);
    expect(code, stderr).toBe(0);
    return stdout.trim();
  };

  test('has hosts with names, processes and networks of their own, and a folder for all', async () => {
    writeFileSync(join(cluster.shared, 'word'), 'shared');
    expect(await ok('n1', 'hostname')).toBe('n1');
    expect(await ok('n2', 'cat', 'word')).toBe('shared');
    expect(await ok('n1', 'ip', '-o', '-4', 'addr', 'show', 'eth0')).toContain('10.77.0.11/24');
    expect(await ok('n1', 'bash', '-c', 'touch /tmp/here; ls /tmp')).toContain('here');
    expect(await ok('n2', 'ls', '/tmp')).not.toContain('here');
    expect(spawnSync('ip', ['-o', 'addr'], { encoding: 'utf8' }).stdout).not.toContain('10.77.0');
  });

  test.each(['root', 'user'] as const)('lets %s go from host to host by ssh', async (user) => {
    const { stdout, stderr } = await cluster.exec(
      'ctl',
      ['ssh', ...batch, 'n1', 'ssh n2 "hostname; whoami"'],
      {
        user,
      },
    );
    expect(stdout, stderr).toBe(`n2\n${user}\n`);
  });

  test('has hosts that ask for a password, at once or as a dialogue', async () => {
    // ssh takes a password from a program where there is no terminal.
    const script = join(cluster.shared, 'askpass');
    writeFileSync(script, '#!/bin/sh\necho "$ANSWER"\n', { mode: 0o755 });
    const login = async (method: string, answer: string): Promise<string> => {
      const argv = ['setsid', 'ssh', '-o', `PreferredAuthentications=${method}`, 'user@n1', 'whoami'];
      const env = { SSH_ASKPASS: script, SSH_ASKPASS_REQUIRE: 'force', ANSWER: answer };
      const { stdout, stderr } = await cluster.exec('ctl', argv, { env });
      return stdout.trim() || stderr;
    };
    expect(await login('password', 'open sesame')).toBe('user');
    expect(await login('keyboard-interactive', 'open sesame')).toBe('user');
    expect(await login('password', 'open barley')).toContain('Permission denied');
  });

  test('writes known_hosts that ssh understands, hashed too, and changes keys that it then refuses', async () => {
    const file = join(cluster.shared, 'known');
    writeFileSync(file, cluster.knownHosts({ hashed: true }));
    const argv = [
      'ssh',
      ...batch,
      '-o',
      `UserKnownHostsFile=${file}`,
      '-o',
      'GlobalKnownHostsFile=/dev/null',
    ];
    expect(await ok('ctl', ...argv, 'n1', 'hostname')).toBe('n1');
    expect(await ok('ctl', ...argv, cluster.addressOf('n1'), 'hostname')).toBe('n1');
    await cluster.changeHostKey('n1');
    const refused = await cluster.exec('ctl', [...argv, 'n1', 'hostname']);
    expect(refused.code).toBe(255);
    expect(refused.stderr).toContain('REMOTE HOST IDENTIFICATION HAS CHANGED');
  });

  test('runs jobs of Slurm, also when its controller was killed and started again', async () => {
    expect((await ok('ctl', 'srun', '-N2', 'hostname')).split('\n').sort()).toEqual(['n1', 'n2']);
    await cluster.stopSlurmctld();
    expect((await cluster.exec('ctl', ['scontrol', 'ping'])).stdout).toContain('DOWN');
    await cluster.startSlurmctld();
    await cluster.nodesReady();
    expect(await ok('ctl', 'srun', '-w', 'n2', 'hostname')).toBe('n2');
  });

  test('cuts hosts off and heals, freezes and kills them, and boots them again', async () => {
    const answers = async (from: string, to: string): Promise<boolean> => {
      const argv = ['timeout', '1', 'bash', '-c', `exec 3<>/dev/tcp/${to}/22 && read -r -t 1 <&3`];
      return (await cluster.exec(from, argv)).code === 0;
    };
    await cluster.partition('n2');
    expect(await answers('n1', 'n2')).toBe(false);
    await cluster.heal();
    expect(await answers('n1', 'n2')).toBe(true);
    await cluster.partition('n1', 'n2');
    expect(await answers('n1', 'n2')).toBe(false);
    expect(await answers('ctl', 'n2')).toBe(true);
    await cluster.heal();
    await cluster.freeze('n2');
    expect(await answers('n1', 'n2')).toBe(false);
    await cluster.thaw('n2');
    expect(await answers('n1', 'n2')).toBe(true);
    await cluster.kill('n2');
    expect(await answers('n1', 'n2')).toBe(false);
    await cluster.boot('n2');
    await until('n2 to answer', () => answers('n1', 'n2'));
    await cluster.nodesReady();
  });

  test('has small disks, slow links, hosts without a program and hosts without sshd', async () => {
    await cluster.smallDisk('n1', '/tmp/disk', 1 << 20);
    const filled = await cluster.exec('n1', ['dd', 'if=/dev/zero', 'of=/tmp/disk/file', 'bs=64k']);
    expect(filled.stderr).toContain('No space left on device');
    await cluster.hide('n1', '/usr/bin/gcc');
    expect((await cluster.exec('n1', ['sh', '-c', 'gcc --version'])).code).toBe(127);
    expect((await cluster.exec('n2', ['sh', '-c', 'ls /usr/bin/env'])).code).toBe(0);
    await cluster.bandwidth('n2', '100mbit');
    await cluster.bandwidth('n2', 'off');
    await cluster.stopSshd('n2');
    expect((await cluster.exec('ctl', ['ssh', ...batch, 'n2', 'true'])).stderr).toContain(
      'Connection refused',
    );
    await cluster.restartSshd('n2', ['AuthenticationMethods publickey,keyboard-interactive']);
    expect((await cluster.exec('ctl', ['ssh', ...batch, 'user@n2', 'true'])).stderr).toContain(
      'Permission denied',
    );
    await cluster.restartSshd('n2');
    expect(await ok('ctl', 'ssh', ...batch, 'n2', 'hostname')).toBe('n2');
  });
});

test.skipIf(!isPossible)('a cluster is gone when the process that started it is killed', async () => {
  const holder = spawn(process.execPath, [await bundledHolder()], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(holder.stdout!.setEncoding('utf8'), 'data')) as [string];
  const folder = line.trim();
  expect(existsSync(folder)).toBe(true);
  expect(processesOf(folder)).not.toEqual([]);
  holder.kill('SIGKILL');
  await until('the folder to go', async () => !existsSync(folder));
  expect(processesOf(folder)).toEqual([]);
});

/** A program that starts a cluster of one host, prints its folder and waits to be killed. */
async function bundledHolder(): Promise<string> {
  const file = join(packageRoot(), 'build', 'test-cluster', 'holder.mjs');
  const build = await rolldown({
    input: join(packageRoot(), 'test', 'cluster', 'programs', 'holder.ts'),
    cwd: packageRoot(),
    platform: 'node',
    tsconfig: false,
    external: [/^node:/],
  });
  await build.write({ file, format: 'esm', codeSplitting: false });
  await build.close();
  return file;
}

/** Ids of processes that name a folder in their command line. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const asked = spawnSync('grep', ['-qaF', folder, `/proc/${pid}/cmdline`]);
      return asked.status === 0;
    });
}
