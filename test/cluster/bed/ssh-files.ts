/** Keys and configuration of each host's sshd, and what its clients need to reach the others. */
import { execFile } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { chownSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addressOf, allHosts, controller, homeOf, hostFolder, type Layout, userId } from './layout.js';
import { systemPath } from './obstacle.js';

const run = promisify(execFile);

export interface SshFileOptions {
  /** Lines for every sshd_config, before ours: sshd takes the first value that it finds. */
  readonly sshdOptions: readonly string[];
  /** Variables that sshd gives to what root starts. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Writes all of it for a new cluster. */
export async function writeSshFiles(layout: Layout, options: SshFileOptions): Promise<void> {
  await Promise.all([makeUserKeys(layout), ...allHosts(layout).map((host) => makeHostKey(layout, host))]);
  for (const host of allHosts(layout)) {
    const folder = join(hostFolder(layout, host), 'ssh');
    writeFileSync(join(folder, 'sshd_config'), sshdConfig(host, options));
    writeFileSync(join(folder, 'ssh_config'), clientConfig);
    writeFileSync(join(folder, 'ssh_known_hosts'), knownHosts(layout));
  }
}

/** A new key for a host; clients still know the former. Its sshd must be started again to use it. */
export async function makeHostKey(layout: Layout, host: string): Promise<void> {
  await makeKey(hostKeyFile(layout, host), host);
}

/** sshd_config of a host. */
export function sshdConfig(host: string, { sshdOptions, environment }: SshFileOptions): string {
  const variables = Object.entries(environment).map(([name, value]) => `"${name}=${value}"`);
  return `${sshdOptions.map((line) => `${line}\n`).join('')}\
ListenAddress ${addressOf(host)}
Port 22
HostKey /etc/ssh/ssh_host_ed25519_key
PidFile /run/sshd.pid
UsePAM yes
PermitRootLogin prohibit-password
PubkeyAuthentication yes
PasswordAuthentication yes
KbdInteractiveAuthentication yes
StrictModes no
UseDNS no
PrintMotd no
PrintLastLog no
MaxStartups 200
MaxSessions 200
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
Match User root
    SetEnv ${variables.join(' ')}
`;
}

/**
 * The known_hosts of a cluster: a line a host with its names and address; hashed, as `HashKnownHosts yes` writes
 * them, a line each name.
 */
export function knownHosts(layout: Layout, options: { hashed?: boolean } = {}): string {
  const lines = allHosts(layout).flatMap((host) => {
    const names = [host, `${host}.cluster`, addressOf(host), ...(host === controller ? ['login'] : [])];
    const key = readFileSync(`${hostKeyFile(layout, host)}.pub`, 'utf8')
      .split(' ')
      .slice(0, 2)
      .join(' ');
    return options.hashed ? names.map((name) => `${hashedName(name)} ${key}`) : [`${names.join(',')} ${key}`];
  });
  return `${lines.join('\n')}\n`;
}

const clientConfig = `Host *
    StrictHostKeyChecking yes
    GlobalKnownHostsFile /etc/ssh/ssh_known_hosts
    ConnectTimeout 10
`;

function hostKeyFile(layout: Layout, host: string): string {
  return join(hostFolder(layout, host), 'ssh', 'ssh_host_ed25519_key');
}

function hashedName(name: string): string {
  const salt = randomBytes(20);
  const hash = createHmac('sha1', salt).update(name).digest('base64');
  return `|1|${salt.toString('base64')}|${hash}`;
}

async function makeUserKeys(layout: Layout): Promise<void> {
  const first = join(homeOf(layout, 'root'), '.ssh');
  mkdirSync(first, { recursive: true, mode: 0o700 });
  await makeKey(join(first, 'id_ed25519'), 'test-cluster');
  copyFileSync(join(first, 'id_ed25519.pub'), join(first, 'authorized_keys'));
  const second = join(homeOf(layout, 'user'), '.ssh');
  mkdirSync(second, { recursive: true, mode: 0o700 });
  for (const name of ['id_ed25519', 'id_ed25519.pub', 'authorized_keys']) {
    copyFileSync(join(first, name), join(second, name));
    chownSync(join(second, name), userId, userId);
  }
  for (const folder of [second, homeOf(layout, 'user')]) chownSync(folder, userId, userId);
}

async function makeKey(file: string, comment: string): Promise<void> {
  for (const old of [file, `${file}.pub`]) rmSync(old, { force: true });
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file], {
    env: { PATH: systemPath },
  });
}
