/** The site file of the test cluster, and jobs of its scripts. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import type { Cluster } from './bed/cluster.js';
import { isInstalled } from './bed/obstacle.js';

/** Site files for the MPI families that are here, in the cluster's shared folder; their names. */
export function writeSites({ shared }: Cluster): Readonly<Partial<Record<'openmpi' | 'mpich', string>>> {
  writeFileSync(
    join(shared, 'openmpi.yaml'),
    `mpi: openmpi
environment: { OMPI_ALLOW_RUN_AS_ROOT: 1, OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: 1, OMPI_MCA_btl_tcp_if_include: eth0 }
launchers: { openmpi: { mpirun: mpirun.openmpi --bind-to none --oversubscribe } }
job: { time: 5 min }
`,
  );
  writeFileSync(
    join(shared, 'mpich.yaml'),
    `mpi: mpich
environment: { SHOAL_LIBMPI: libmpich.so.12 }
launchers: { mpich: { mpirun: mpirun.mpich } }
job: { time: 5 min }
`,
  );
  const found = {
    openmpi: isInstalled('mpirun.openmpi'),
    mpich: isInstalled('mpirun.mpich'),
  };
  const families = (['openmpi', 'mpich'] as const).filter((family) => found[family]);
  if (families.length < 2) {
    const missing = found.openmpi ? 'mpich' : 'openmpi-bin';
    recordSkip(`jobs of one MPI family on a cluster: not installed: ${missing}`);
  }
  return Object.fromEntries(families.map((family) => [family, join(shared, `${family}.yaml`)]));
}

/** The script of a study as `shoal slurm` prints it in the shared folder, in a file there. */
export function scriptOf({ shared }: Cluster, name: string, args: readonly string[]): string {
  const { status, stdout, stderr } = shoal(['slurm', ...args, '--job-name', name], { cwd: shared });
  if (status !== 0) throw new Error(`slurm ${args.join(' ')}: ${stderr}`);
  const path = join(shared, `${name}.sh`);
  writeFileSync(path, stdout);
  return path;
}

/** The number of the job. */
export async function submit(cluster: Cluster, script: string): Promise<string> {
  const { code, stdout, stderr } = await cluster.exec('ctl', ['sbatch', '--parsable', script]);
  if (code !== 0) throw new Error(`sbatch: ${stderr}`);
  return stdout.trim();
}

/** Waits until no job of this name is in the queue. */
export function untilGone(cluster: Cluster, name: string): Promise<void> {
  return cluster.until(
    `the jobs called ${name} to end`,
    async () => (await queue(cluster, name)).length === 0,
    { everyMs: 300 },
  );
}

/** States of the jobs of this name that are in the queue. */
export async function queue(cluster: Cluster, name: string): Promise<readonly string[]> {
  const { stdout } = await cluster.exec('ctl', ['squeue', '--noheader', `--name=${name}`, '--format=%T']);
  return stdout.split('\n').filter(Boolean);
}

/** What all jobs of this name printed, in the order in which they were submitted. */
export function printed({ shared }: Cluster, name: string): string {
  const number = (file: string): number => Number(/-(\d+)/.exec(file.slice(name.length))?.[1]);
  return readdirSync(shared)
    .filter((file) => file.startsWith(`${name}-`) && file.endsWith('.out'))
    .sort((a, b) => number(a) - number(b))
    .map((file) => readFileSync(join(shared, file), 'utf8'))
    .join('');
}
