/** A cluster by hand: `up` keeps one while it runs, and the other verbs work on it from another terminal. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/process/install.js';
import { baseEnvironment, type Cluster, clusterAt, startCluster } from './cluster.js';
import { commandInside, roomPid } from './enter.js';
import type { Layout, User } from './layout.js';
import { clusterObstacle, systemPath } from './obstacle.js';

const note = join(packageRoot(), 'build', 'cluster.json');

const usage = `usage: npm run cluster -- VERB
  up [HOSTS] [LINE…]              3 hosts and a controller, until Ctrl+C or \`down\`; lines are for slurm.conf
     [--accounts] [--memory]      with a database of accounts, and with jobs ended that use too much memory
  exec [-u user] HOST COMMAND…    runs a command on a host: ctl, n1, n2, …
  down
  kill|powerOff|boot|partition|freeze|thaw|stopSshd|restartSshd|changeHostKey HOST
  heal|stopSlurmctld|startSlurmctld
  bandwidth HOST RATE|off         for example 10mbit
  hide HOST PATH                  takes a program away, for example /usr/bin/node
`;

const faults = {
  kill: 1,
  powerOff: 1,
  boot: 1,
  partition: 1,
  freeze: 1,
  thaw: 1,
  stopSshd: 1,
  restartSshd: 1,
  changeHostKey: 1,
  heal: 0,
  stopSlurmctld: 0,
  startSlurmctld: 0,
  bandwidth: 2,
  hide: 2,
} as const;

/** Runs one verb and returns the exit code. */
export async function clusterCommand(args: readonly string[]): Promise<number> {
  const [verb = '', ...rest] = args;
  if (verb === 'up') return up(rest);
  if (verb === 'exec') return execute(rest);
  if (verb === 'down') {
    process.kill(running().keeper, 'SIGTERM');
    return 0;
  }
  if (!isFault(verb) || rest.length < faults[verb]) {
    process.stderr.write(usage);
    return 2;
  }
  const { layout } = running();
  const cluster = clusterAt(layout, baseEnvironment(), { hosts: layout.hosts.length }, async () => {});
  const fault = cluster[verb] as (...words: readonly string[]) => ReturnType<Cluster['heal']>;
  await fault(...rest.slice(0, faults[verb]));
  return 0;
}

async function up(words: readonly string[]): Promise<number> {
  const hosts = Number(words.find((word) => /^\d+$/.test(word)) ?? 3);
  const slurmOptions = words.filter((word) => /^\w+=/.test(word));
  const [hasAccounts, limitsMemory] = [words.includes('--accounts'), words.includes('--memory')];
  const obstacle = clusterObstacle();
  if (obstacle) throw new Error(obstacle);
  if (!Number.isInteger(hosts) || hosts < 1 || hosts > 200) throw new Error('from 1 to 200 hosts');
  const cluster = await startCluster({ hosts, slurmOptions, hasAccounts, limitsMemory });
  const layout: Layout = { folder: cluster.folder, hosts: cluster.hosts };
  writeFileSync(note, JSON.stringify({ layout, keeper: process.pid }));
  console.log(`up: ctl ${cluster.hosts.join(' ')}; shared folder ${cluster.shared}; Ctrl+C takes it down`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  rmSync(note, { force: true });
  await cluster.down();
  return 0;
}

function execute(args: readonly string[]): number {
  const isUser = args[0] === '-u';
  const user: User = isUser && args[1] === 'user' ? 'user' : 'root';
  const [host, ...argv] = isUser ? args.slice(2) : args;
  if (!host) throw new Error('exec needs a host and a command');
  const [program, ...words] = commandInside(
    running().layout,
    baseEnvironment(),
    host,
    argv.length > 0 ? argv : ['bash'],
    { user },
  );
  const done = spawnSync(program, words, { stdio: 'inherit', env: { PATH: systemPath } });
  return done.status ?? 1;
}

function running(): { layout: Layout; keeper: number } {
  try {
    const found = JSON.parse(readFileSync(note, 'utf8')) as { layout: Layout; keeper: number };
    if (roomPid(found.layout) !== undefined) return found;
  } catch {
    // The message below says it.
  }
  throw new Error('no cluster is up: npm run cluster -- up');
}

function isFault(verb: string): verb is keyof typeof faults {
  return Object.hasOwn(faults, verb);
}
