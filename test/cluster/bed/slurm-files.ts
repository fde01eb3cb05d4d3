/**
 * The configuration of a cluster's Slurm: time limits for what may fail that a busy machine does not reach, a database
 * only where it is asked for.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, allHosts, controller, hostFolder, type Layout } from './layout.js';

export interface SlurmFileOptions {
  /** CPUs that each host claims to have; more than the machine has are no obstacle. */
  readonly cpus: number;
  /** Lines for slurm.conf, which take the place of ours with the same key. */
  readonly slurmOptions: readonly string[];
  readonly hasAccounts: boolean;
  readonly limitsMemory: boolean;
}

/** Writes slurm.conf and munge's key. */
export function writeSlurmFiles(layout: Layout, options: SlurmFileOptions): void {
  const { hasAccounts, limitsMemory } = options;
  const etc = join(layout.folder, 'etc');
  mkdirSync(join(etc, 'slurm'), { recursive: true });
  for (const host of allHosts(layout)) {
    for (const part of ['slurmd', 'slurmctld']) {
      mkdirSync(join(hostFolder(layout, host), 'slurm', part), { recursive: true });
    }
  }
  writeFileSync(join(etc, 'munge.key'), randomBytes(1024), { mode: 0o400 });
  writeFileSync(join(etc, 'slurm', 'slurm.conf'), slurmConf(layout, options));
  // Where no plugin uses cgroups, slurmd still ends when it cannot tell which version is mounted.
  const constrained = limitsMemory ? 'ConstrainRAMSpace=yes\n' : '';
  writeFileSync(
    join(etc, 'slurm', 'cgroup.conf'),
    `CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n${constrained}`,
  );
  if (limitsMemory) writeFileSync(join(layout.folder, 'has-memory-cgroups'), '');
  writeFileSync(join(etc, 'slurm', 'mpi.conf'), 'PMIxCliTmpDirBase=/run/slurm\n');
  if (hasAccounts) writeFileSync(join(etc, 'slurm', 'slurmdbd.conf'), slurmdbdConf, { mode: 0o600 });
}

const slurmdbdConf = `AuthType=auth/munge
DbdHost=${controller}
SlurmUser=root
PidFile=/run/slurmdbd.pid
LogFile=/var/log/slurm/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=slurm_acct_db
`;

/** Jobs need an account that their user may use. */
const accountLines = `AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=${controller}
AccountingStorageEnforce=associations,limits,qos
AccountingStoreFlags=job_comment`.split('\n');

const memoryLines = `SelectTypeParameters=CR_CPU_Memory
TaskPlugin=task/cgroup
DefMemPerCPU=500`.split('\n');

function slurmConf(
  { hosts }: Layout,
  { cpus, hasAccounts, limitsMemory, ...options }: SlurmFileOptions,
): string {
  const further = [
    ...(hasAccounts ? accountLines : []),
    ...(limitsMemory ? memoryLines : []),
    ...options.slurmOptions,
  ];
  const given = new Set(further.map(keyOf));
  const ours = [
    ...`ClusterName=test
SlurmctldHost=${controller}(${addressOf(controller)})
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
SlurmctldPort=6817
SlurmdPort=6818
StateSaveLocation=/var/lib/slurm/slurmctld
SlurmdSpoolDir=/var/lib/slurm/slurmd
SlurmctldPidFile=/run/slurmctld.pid
SlurmdPidFile=/run/slurmd.pid
SlurmctldLogFile=/var/log/slurm/slurmctld.log
SlurmdLogFile=/var/log/slurm/slurmd.log
SlurmctldDebug=info
SlurmdDebug=info
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
PropagateResourceLimits=NONE
ReturnToService=2
JobRequeue=1
SlurmctldTimeout=30
SlurmdTimeout=30
MessageTimeout=5
TCPTimeout=5
BatchStartTimeout=60
KillWait=15
UnkillableStepTimeout=120
CompleteWait=0
InactiveLimit=0
Waittime=0
MinJobAge=600
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=5,sched_min_interval=0,bf_interval=5
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=5
JobCompType=jobcomp/filetxt
JobCompLoc=/var/log/slurm/jobcomp.log
AccountingStorageType=accounting_storage/none`.split('\n'),
    ...hosts.map(
      (host) => `NodeName=${host} NodeAddr=${addressOf(host)} CPUs=${cpus} RealMemory=4000 State=UNKNOWN`,
    ),
    `PartitionName=main Nodes=${hosts.join(',')} Default=YES MaxTime=INFINITE DefaultTime=10 State=UP OverSubscribe=NO`,
  ];
  return [...ours.filter((line) => !given.has(keyOf(line))), ...further, ''].join('\n');
}

function keyOf(line: string): string {
  return line.split('=')[0]!.trim().toLowerCase();
}
