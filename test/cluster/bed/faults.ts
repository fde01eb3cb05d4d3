/** What can go wrong on a real cluster, on demand. */
import { closeSync, existsSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandInRoom, type Executed, execute, hostPid, start } from './enter.js';
import { allHosts, controller, hostFolder, type Layout } from './layout.js';
import { makeHostKey, type SshFileOptions, sshdConfig } from './ssh-files.js';
import { until } from './until.js';

export interface Faults {
  /** SIGKILL for everything on the host while its link stays up: peers see connections reset. */
  kill(host: string): Promise<void>;
  /** The same with the link cut before: peers see nothing but silence. */
  powerOff(host: string): Promise<void>;
  /** Starts a host that was killed or powered off. Nothing of its /tmp or of mounts made on it is left. */
  boot(host: string): Promise<void>;
  /** Cuts a host off from all others, or from one; frames are lost silently. */
  partition(host: string, other?: string): Promise<void>;
  /** Undoes all partitions, and has Slurm look at its nodes again at once. */
  heal(): Promise<void>;
  /** SIGSTOP for all processes of a host, which then answers nothing, and the way back. */
  freeze(host: string): Promise<void>;
  thaw(host: string): Promise<void>;
  /** Limits the link of a host in both directions, as `tc` writes rates (`10mbit`), or `off`. */
  bandwidth(host: string, rate: string): Promise<void>;
  /** Ends a host's sshd with all its sessions and starts it again, with further lines for sshd_config. */
  restartSshd(host: string, sshdOptions?: readonly string[]): Promise<void>;
  /** SIGKILL for a host's sshd with all its sessions: connections are refused until `restartSshd`. */
  stopSshd(host: string): Promise<void>;
  /** Gives a host a new key, which nobody knows; a client that knew the old one must refuse it. */
  changeHostKey(host: string): Promise<void>;
  /** SIGKILL for the controller's daemon; commands of Slurm fail until it is started. */
  stopSlurmctld(): Promise<void>;
  startSlurmctld(): Promise<void>;
  /** A disk of this size on a host, at a path that is made if need be: `remountDisk` changes its size. */
  smallDisk(host: string, path: string, sizeBytes: number): Promise<void>;
  remountDisk(host: string, path: string, sizeBytes: number): Promise<void>;
  /** Takes a program away from one of a host's folders for programs, as if it had never been installed. */
  hide(host: string, path: string): Promise<void>;
}

/** The faults of one cluster. `inside` runs something on a host as root. */
export function faultsOf(
  layout: Layout,
  ssh: SshFileOptions,
  inside: (host: string, argv: readonly string[]) => Promise<Executed>,
): Faults {
  const room = async (...argv: readonly string[]): Promise<void> => {
    check(argv, await execute(commandInRoom(layout, argv)));
  };
  const on = async (host: string, ...argv: readonly string[]): Promise<void> => {
    check(argv, await inside(host, argv));
  };
  const shell = (host: string, script: string, ...args: readonly string[]): Promise<void> =>
    on(host, 'bash', '-c', script, 'fault', ...args);
  const known = (host: string): string => {
    if (!allHosts(layout).includes(host)) {
      throw new Error(`no host ${host} (there are ${allHosts(layout).join(', ')})`);
    }
    return host;
  };
  const kill = async (host: string): Promise<void> => {
    const pid = hostPid(layout, known(host));
    if (pid === undefined) return;
    process.kill(pid, 'SIGKILL');
    await until(`${host} to end`, async () => hostPid(layout, host) === undefined);
    for (const file of ['pid', 'ready']) rmSync(join(hostFolder(layout, host), file), { force: true });
  };
  const startSshd = (host: string): Promise<void> =>
    shell(
      host,
      `. "$1/environment"; "\${clean[@]}" /usr/sbin/sshd -E "$2/log/sshd.log"`,
      layout.folder,
      hostFolder(layout, host),
    );
  const stopSshd = (host: string): Promise<void> =>
    // By its own name in its own process tree: the sessions are processes of that name too.
    shell(
      known(host),
      `for p in /proc/[0-9]*; do
        [ "$(cat $p/comm 2>/dev/null)" = sshd ] && kill -9 "\${p#/proc/}"; done; rm -f /run/sshd.pid; true`,
    );
  const restartSshd = async (host: string, sshdOptions: readonly string[] = []): Promise<void> => {
    await stopSshd(host);
    const all = { ...ssh, sshdOptions: [...sshdOptions, ...ssh.sshdOptions] };
    writeFileSync(join(hostFolder(layout, host), 'ssh', 'sshd_config'), sshdConfig(host, all));
    await startSshd(host);
  };

  return {
    kill,
    restartSshd,
    stopSshd,
    async powerOff(host) {
      await room('ip', 'link', 'set', `v-${known(host)}`, 'down');
      await kill(host);
    },
    async boot(host) {
      await room('ip', 'link', 'set', `v-${known(host)}`, 'up');
      if (hostPid(layout, host) !== undefined) return;
      await startHost(layout, host);
    },
    async partition(host, other) {
      if (other === undefined) return room('bridge', 'link', 'set', 'dev', `v-${known(host)}`, 'state', '0');
      const [a, b] = [`v-${known(host)}`, `v-${known(other)}`];
      await room('nft', 'add', 'table', 'bridge', 'faults');
      await room('nft', 'add chain bridge faults cut { type filter hook forward priority 0; }');
      await room('nft', `add rule bridge faults cut iifname ${a} oifname ${b} drop`);
      await room('nft', `add rule bridge faults cut iifname ${b} oifname ${a} drop`);
    },
    async heal() {
      await execute(commandInRoom(layout, ['nft', 'delete', 'table', 'bridge', 'faults']));
      for (const host of allHosts(layout)) {
        await room('ip', 'link', 'set', `v-${host}`, 'up');
        await room('bridge', 'link', 'set', 'dev', `v-${host}`, 'state', '3');
        // Left alone, the controller asks a node that it took for dead again after half a minute only.
        const isNode = host !== controller && hostPid(layout, host) !== undefined;
        if (isNode) await shell(host, '[ ! -s /run/slurmd.pid ] || kill -HUP "$(cat /run/slurmd.pid)"');
      }
    },
    // To -1: to all processes of the host but its first and the sender.
    freeze: (host) => shell(known(host), 'kill -STOP -1'),
    thaw: (host) => shell(known(host), 'kill -CONT -1'),
    async bandwidth(host, rate) {
      const limit = (...where: readonly string[]): Promise<void> =>
        room(
          ...where,
          'tc',
          'qdisc',
          'replace',
          'dev',
          where.length > 0 ? 'eth0' : `v-${host}`,
          'root',
          'tbf',
          'rate',
          rate,
          'burst',
          '128kb',
          'latency',
          '50ms',
        );
      const free = (...where: readonly string[]): Promise<Executed> =>
        execute(
          commandInRoom(layout, [
            ...where,
            'tc',
            'qdisc',
            'del',
            'dev',
            where.length > 0 ? 'eth0' : `v-${host}`,
            'root',
          ]),
        );
      const end = ['ip', 'netns', 'exec', known(host)];
      for (const where of [[], end]) await (rate === 'off' ? free(...where) : limit(...where));
    },
    async changeHostKey(host) {
      await makeHostKey(layout, known(host));
      await restartSshd(host);
    },
    stopSlurmctld: () => shell(controller, 'kill -9 "$(cat /run/slurmctld.pid)"; rm -f /run/slurmctld.pid'),
    startSlurmctld: () =>
      shell(
        controller,
        `. "$1/environment"; "\${clean[@]}" /usr/sbin/slurmctld -f /etc/slurm/slurm.conf`,
        layout.folder,
      ),
    smallDisk: (host, path, sizeBytes) =>
      shell(
        known(host),
        'mkdir -p "$1" && mount -t tmpfs -o "mode=1777,size=$2" small-disk "$1"',
        path,
        String(sizeBytes),
      ),
    remountDisk: (host, path, sizeBytes) => on(known(host), 'mount', '-o', `remount,size=${sizeBytes}`, path),
    hide: (host, path) =>
      // A whiteout in an overlay is what makes the name truly absent.
      shell(
        known(host),
        `set -e; d=$(dirname "$1"); t=$(mktemp -d /run/hide.XXXXXX); mkdir "$t/upper" "$t/work"
        mknod "$t/upper/$(basename "$1")" c 0 0
        mount -t overlay -o "lowerdir=$d,upperdir=$t/upper,workdir=$t/work" hidden "$d"`,
        path,
      ),
  };
}

/** Starts a host that is down, and waits for its daemons. */
async function startHost(layout: Layout, host: string): Promise<void> {
  const script = join(layout.folder, 'bin', 'host.sh');
  const log = openSync(join(hostFolder(layout, host), 'log', 'init.log'), 'a');
  const child = start(commandInRoom(layout, [script, layout.folder, host]), { stdio: ['ignore', log, log] });
  closeSync(log);
  child.unref();
  await hostReady(layout, host);
}

/** Waits until a host has started its daemons. */
export async function hostReady(layout: Layout, host: string): Promise<void> {
  const log = join(hostFolder(layout, host), 'log', 'init.log');
  await until(`${host} to come up (its log: ${log})`, async () =>
    existsSync(join(hostFolder(layout, host), 'ready')),
  );
}

function check(argv: readonly string[], { code, signal, stdout, stderr }: Executed): void {
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code ?? signal}: ${stdout}${stderr}`);
}
