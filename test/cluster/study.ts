/** Studies for a cluster: one that only computes, and one whose cases wait until a fault has happened. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mainScript } from '../../src/process/install.js';
import type { Cluster } from './bed/cluster.js';
import type { ExecOptions, Executed } from './bed/enter.js';

/** The words that run this program on a host. */
export const shoalWords = [process.execPath, mainScript()] as const;

/** A small TEM study below the shared folder. */
export function temStudy(cluster: Cluster): string {
  const file = join(cluster.shared, 'tem.yaml');
  writeFileSync(
    file,
    `name: tem
solver: tem1d
settings:
  response: dbdt
  times: { logspace: [1e-6, 1e-3, 11] }
sample: { count: 3000, method: random, seed: 7 }
parameters:
  resistivities: { lognormal: { mean: 2, std: 0.5, base: 10 }, size: 3 }
  h1: { normal: { mean: 30, std: 5, min: 1 } }
  h2: { normal: { mean: 70, std: 10, min: 1 } }
derived:
  depths: [0, h1, h1 + h2]
statistics: []
output: [csv]
`,
  );
  return file;
}

export interface SlowStudy {
  readonly folder: string;
  readonly file: string;
  /** Hosts that have begun a case, an entry for each. */
  hostsAtWork(): readonly string[];
  /** Cases take no time from now on. */
  quicken(): void;
}

export const slowCases = 400;

/**
 * Each case notes who begins it, and has a kilobyte of results. Together they last long enough for what is to happen
 * meanwhile on any machine; then `quicken` ends the waiting.
 */
export function slowStudy(cluster: Cluster, name: string, caseMs = 300): SlowStudy {
  const folder = join(cluster.shared, name);
  mkdirSync(folder);
  const [notes, quick] = [join(folder, 'notes'), join(folder, 'quick')];
  writeFileSync(
    join(folder, 'kernel.mjs'),
    `import { appendFileSync, existsSync } from 'node:fs';
import { hostname } from 'node:os';

const clock = new Int32Array(new SharedArrayBuffer(4));

export const kernel = {
  name: 'slow',
  version: '1',
  inputs: [{ name: 'x' }],
  outputs: [{ name: 'y', shape: [128] }],
  run({ x }) {
    appendFileSync(${JSON.stringify(notes)}, hostname() + '\\n');
    if (!existsSync(${JSON.stringify(quick)})) Atomics.wait(clock, 0, 0, ${caseMs});
    return { y: Float64Array.from({ length: 128 }, (_, k) => Math.sin(x + k)) };
  },
};
`,
  );
  const file = join(folder, 'study.yaml');
  writeFileSync(
    file,
    `name: slow
kernel: ./kernel.mjs
parameters:
  x: { linspace: [0, 1, ${slowCases}] }
schedule: { chunk: 4 }
statistics: []
output: [csv]
`,
  );
  return {
    folder,
    file,
    hostsAtWork: () => (existsSync(notes) ? readFileSync(notes, 'utf8').trimEnd().split('\n') : []),
    quicken: () => writeFileSync(quick, ''),
  };
}

/** Waits until cases have begun on all of these hosts. */
export async function atWork(cluster: Cluster, study: SlowStudy, hosts: readonly string[]): Promise<void> {
  await cluster.until(`cases to begin on ${hosts.join(', ')}`, async () => {
    const seen = study.hostsAtWork();
    return hosts.every((host) => seen.filter((other) => other === host).length > 4);
  });
}

/** Runs this program on a host. */
export function shoalOn(
  cluster: Cluster,
  host: string,
  args: readonly string[],
  options: ExecOptions = {},
): Promise<Executed> {
  return cluster.exec(host, [...shoalWords, ...args, '--quiet'], options);
}

/** The export of a run directory that is complete. */
export function exported(runDir: string): string {
  return readFileSync(join(runDir, 'results.csv'), 'utf8');
}

/** Submits a batch script with these lines and returns the number of the job. */
export async function submit(
  cluster: Cluster,
  options: readonly string[],
  lines: readonly string[],
): Promise<string> {
  const done = await cluster.exec('ctl', ['sbatch', '--parsable', '--output=job-%j.out', ...options], {
    input: `#!/bin/bash\n${lines.join('\n')}\n`,
  });
  if (done.code !== 0) throw new Error(`sbatch: ${done.stderr}`);
  return done.stdout.trim();
}

/** Waits for the end of a job and returns its state, and what it printed. */
export async function jobEnd(cluster: Cluster, job: string): Promise<{ state: string; output: string }> {
  let state = '';
  await cluster.until(
    `job ${job} to end`,
    async () => {
      const { stdout } = await cluster.exec('ctl', ['scontrol', 'show', 'job', job]);
      state = /JobState=(\w+)/.exec(stdout)?.[1] ?? state;
      return state !== '' && !/^(?:PENDING|RUNNING|COMPLETING|CONFIGURING|SUSPENDED)$/.test(state);
    },
    { everyMs: 200 },
  );
  const file = join(cluster.shared, `job-${job}.out`);
  return { state, output: existsSync(file) ? readFileSync(file, 'utf8') : '' };
}
