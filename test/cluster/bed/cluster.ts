/**
 * A cluster of several hosts on this machine: namespaces with an sshd each, and Slurm. It comes up in about a second,
 * and is gone with its folder when `down` is called or when the process that started it ends, however that happens.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { cacheFolder, packageRoot } from '../../../src/process/install.js';
import { shellWord } from '../../../src/process/spawn/shell-word.js';
import { conditionOf } from './condition.js';
import {
  type BaseEnvironment,
  commandInside,
  type ExecOptions,
  type Executed,
  execute,
  roomPid,
  sharedFolder,
  start,
} from './enter.js';
import { type Faults, faultsOf, hostReady } from './faults.js';
import { addressOf, allHosts, controller, homeOf, hostFolder, type Layout, type User } from './layout.js';
import { writeNameFiles } from './name-files.js';
import { systemPath } from './obstacle.js';
import { writeSlurmFiles } from './slurm-files.js';
import { knownHosts, writeSshFiles } from './ssh-files.js';
import { type UntilOptions, until } from './until.js';

export interface ClusterOptions {
  /** How many hosts compute, beside the controller: n1, n2, … */
  readonly hosts: number;
  /** False for hosts with ssh alone. */
  readonly slurm?: boolean;
  /** CPUs that Slurm believes each host to have: 4 unless given. */
  readonly cpus?: number;
  /** Lines for slurm.conf. */
  readonly slurmOptions?: readonly string[];
  /**
   * Slurm keeps accounts in a database, so that `sacct` answers; jobs have to have an account. Users may use `physics`.
   * Ask `canHaveCluster` for `accountPrograms`.
   */
  readonly hasAccounts?: boolean;
  /** Jobs that use more memory than they asked for are ended. Ask `canLimitMemory`. */
  readonly limitsMemory?: boolean;
  /** Lines for each sshd_config. */
  readonly sshdOptions?: readonly string[];
}

export interface Cluster extends Faults {
  /** n1, n2, … The controller is `ctl`, also called `login`. */
  readonly hosts: readonly string[];
  /** A folder that all hosts and this process see, writable for all. /tmp is each host's own. */
  readonly shared: string;
  /** Everything of this cluster. */
  readonly folder: string;
  /** Runs a program on a host to its end. */
  exec(host: string, argv: readonly string[], options?: ExecOptions): Promise<Executed>;
  /** Starts a program on a host, in a process group of its own (see `endGroup`), with pipes. */
  start(host: string, argv: readonly string[], options?: ExecOptions): ChildProcess;
  /** A user's home, the same on all hosts, visible here. */
  home(user: User): string;
  addressOf(host: string): string;
  /** The text of a known_hosts file for all hosts. */
  knownHosts(options?: { hashed?: boolean }): string;
  /** The log of a host's daemon: `sshd`, `slurmd`, `slurmctld`, `munged`, or `init` for its start. */
  logFile(host: string, daemon: string): string;
  /** Waits for something, and says how everything here is doing when it does not come. */
  until(what: string, isSo: () => Promise<boolean>, options?: UntilOptions): Promise<void>;
  /** Waits until Slurm has all nodes, or the named ones, ready for jobs. */
  nodesReady(hosts?: readonly string[]): Promise<void>;
  down(): Promise<void>;
}

/** Starts a cluster. Ask `canHaveCluster` first. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const folder = mkdtempSync('/var/tmp/shoal-cluster-');
  chmodSync(folder, 0o755);
  const layout: Layout = { folder, hosts: Array.from({ length: options.hosts }, (_, i) => `n${i + 1}`) };
  const environment = baseEnvironment();
  await writeFiles(layout, environment, options);
  const { room, said } = openRoom(layout);
  const cluster = clusterAt(layout, environment, options, () => closeRoom(room));
  try {
    await until('the machine room to open', async () => {
      if (room.exitCode !== null) throw new Error(`the machine room closed by itself: ${said()}`);
      return roomPid(layout) !== undefined;
    });
    await Promise.all(allHosts(layout).map((host) => hostReady(layout, host)));
    if (options.slurm !== false) await cluster.nodesReady();
  } catch (error) {
    await cluster.down();
    throw error;
  }
  return cluster;
}

/** A cluster that has been started, here or by another process. */
export function clusterAt(
  layout: Layout,
  environment: BaseEnvironment,
  { sshdOptions = [] }: ClusterOptions,
  down: () => Promise<void>,
): Cluster {
  const command = (host: string, argv: readonly string[], options: ExecOptions = {}) =>
    commandInside(layout, environment, host, argv, options);
  const exec = async (host: string, argv: readonly string[], options: ExecOptions = {}): Promise<Executed> =>
    execute(command(host, argv, options), options);
  const logFile = (host: string, daemon: string): string =>
    join(hostFolder(layout, host), 'log', `${daemon}.log`);
  const condition = (): Promise<string> =>
    conditionOf({ hosts: layout.hosts, shared: sharedFolder(layout) }, exec, logFile);
  return {
    ...faultsOf(layout, { sshdOptions, environment }, exec),
    folder: layout.folder,
    hosts: layout.hosts,
    shared: sharedFolder(layout),
    exec,
    start: (host, argv, options) => start(command(host, argv, options), { stdio: ['pipe', 'pipe', 'pipe'] }),
    home: (user) => homeOf(layout, user),
    addressOf,
    knownHosts: (options) => knownHosts(layout, options),
    logFile,
    until: (what, isSo, options) => until(what, isSo, { condition, ...options }),
    async nodesReady(hosts = layout.hosts) {
      await until(
        `Slurm to have ${hosts.join(', ')} ready`,
        async () => {
          const { stdout } = await exec(controller, ['sinfo', '-h', '-N', '-o', '%N %T']);
          const ready = [...stdout.matchAll(/^(\S+) (?:idle|mixed|allocated)$/gm)].map(([, name]) => name);
          return hosts.every((host) => ready.includes(host));
        },
        { everyMs: 50, condition },
      );
    },
    down,
  };
}

/** Variables for what root runs on the hosts: what this project keeps in caches is built once, not once a cluster. */
export function baseEnvironment(): BaseEnvironment {
  return {
    XDG_CACHE_HOME: join(cacheFolder(), '..'),
    // Root is who runs the tests, and Open MPI's mpirun refuses root unless told so twice.
    OMPI_ALLOW_RUN_AS_ROOT: '1',
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  };
}

async function writeFiles(
  layout: Layout,
  environment: BaseEnvironment,
  options: ClusterOptions,
): Promise<void> {
  const { folder } = layout;
  for (const host of allHosts(layout)) {
    for (const part of ['ssh', 'log']) mkdirSync(join(hostFolder(layout, host), part), { recursive: true });
    writeFileSync(join(hostFolder(layout, host), 'hostname'), `${host}\n`);
  }
  for (const user of ['root', 'user'] as const) mkdirSync(homeOf(layout, user), { recursive: true });
  mkdirSync(sharedFolder(layout));
  chmodSync(sharedFolder(layout), 0o1777);
  // Copies: the cluster must not change when the sources do.
  mkdirSync(join(folder, 'bin'));
  for (const script of ['room.sh', 'host.sh', 'accounts.sh']) {
    copyFileSync(join(packageRoot(), 'test', 'cluster', 'bed', script), join(folder, 'bin', script));
    chmodSync(join(folder, 'bin', script), 0o755);
  }
  writeFileSync(
    join(folder, 'hosts'),
    allHosts(layout)
      .map((host) => `${host} ${addressOf(host)}\n`)
      .join(''),
  );
  const inTmp = [packageRoot(), cacheFolder(), process.execPath].filter((path) =>
    path.startsWith(`${sep}tmp${sep}`),
  );
  writeFileSync(
    join(folder, 'kept-of-tmp'),
    inTmp
      .filter(existsSync)
      .map((path) => `${path}\n`)
      .join(''),
  );
  const login = {
    PATH: systemPath,
    HOME: homeOf(layout, 'root'),
    USER: 'root',
    LOGNAME: 'root',
    SHELL: '/bin/bash',
  };
  const variables = Object.entries({ ...login, LANG: 'C.UTF-8', ...environment });
  writeFileSync(
    join(folder, 'environment'),
    `clean=(env -i ${variables.map(([name, value]) => shellWord(`${name}=${value}`)).join(' ')})\n`,
  );
  writeNameFiles(layout);
  if (options.slurm !== false) {
    const { cpus = 4, slurmOptions = [], hasAccounts = false, limitsMemory = false } = options;
    writeSlurmFiles(layout, { cpus, slurmOptions, hasAccounts, limitsMemory });
  }
  await writeSshFiles(layout, { sshdOptions: options.sshdOptions ?? [], environment });
}

/** Opens the machine room, which closes when its standard input does: with this process at the latest. */
function openRoom({ folder }: Layout): { readonly room: ChildProcess; said(): string } {
  const log = openSync(join(folder, 'room.log'), 'a');
  // Its folder goes with the room: then what is open already is the only way to its log.
  const reader = openSync(join(folder, 'room.log'), 'r');
  const room = spawn(join(folder, 'bin', 'room.sh'), [folder], {
    // In a session of its own, or a Ctrl+C would end it before it has cleaned up.
    detached: true,
    stdio: ['pipe', log, log],
    env: { PATH: systemPath },
    cwd: '/',
  });
  closeSync(log);
  let words = '';
  room.once('exit', () => {
    words = readFileSync(reader, 'utf8').trim();
    closeSync(reader);
  });
  return { room, said: () => words };
}

async function closeRoom(room: ChildProcess): Promise<void> {
  if (room.exitCode !== null || room.signalCode !== null) return;
  const ended = once(room, 'exit');
  room.stdin!.end();
  await ended;
}
