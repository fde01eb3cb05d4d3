/** The files of /etc that say who is who on the hosts of a cluster: names, addresses, users. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, allHosts, controller, homeOf, type Layout, userId } from './layout.js';

/** `userPassword`, as crypt(3) keeps it. */
const passwordHash =
  '$6$shoal$/jkcnkZKcCqzCCV6hCfvB8Jt9oydsS4E0Fqsn5aeMP1I41/6ppNEMhDCwe7yZW.syPnCckOF9yIDzn619dQ121';

/** Writes them; each host sees them in place of the machine's. */
export function writeNameFiles(layout: Layout): void {
  const etc = join(layout.folder, 'etc');
  mkdirSync(join(etc, 'pam.d'), { recursive: true });
  const write = (name: string, lines: readonly string[], mode = 0o644): void =>
    writeFileSync(join(etc, name), lines.map((line) => `${line}\n`).join(''), { mode });
  const machine = (name: string): string[] => readFileSync(`/etc/${name}`, 'utf8').trimEnd().split('\n');

  write('hosts', [
    '127.0.0.1 localhost',
    ...allHosts(layout).map(
      (host) => `${addressOf(host)} ${host} ${host}.cluster${host === controller ? ' login' : ''}`,
    ),
  ]);
  write('resolv.conf', []);
  write('nsswitch.conf', [
    ...machine('nsswitch.conf').filter((line) => !/^hosts:/.test(line)),
    'hosts: files',
  ]);
  write('passwd', [
    `root:x:0:0:root:${homeOf(layout, 'root')}:/bin/bash`,
    ...machine('passwd').filter((line) => !/^(?:root|user):/.test(line)),
    `user:x:${userId}:${userId}:user of the test cluster:${homeOf(layout, 'user')}:/bin/bash`,
  ]);
  write('group', [...machine('group').filter((line) => !/^user:/.test(line)), `user:x:${userId}:`]);
  // `*` has no password, while `!` would lock the account for keys too.
  write(
    'shadow',
    [
      'root:*:19700:0:99999:7:::',
      ...machine('shadow').filter((line) => !/^(?:root|user):/.test(line)),
      `user:${passwordHash}:19700:0:99999:7:::`,
    ],
    0o640,
  );
  // Keyboard-interactive logins need PAM; the machine's own stack may ask for what is not there.
  write('pam.d/sshd', [
    'auth required pam_unix.so nodelay',
    'account required pam_permit.so',
    'session required pam_permit.so',
  ]);
}
