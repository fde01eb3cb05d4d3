/** How a cluster is doing, in words: for the error of a test that waited in vain. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Executed } from './enter.js';
import { controller } from './layout.js';

/** Lines from the end of each file. */
const lastLines = 12;

/** What Slurm and its nodes say, the last lines of their logs and of what jobs printed into the shared folder. */
export async function conditionOf(
  { hosts, shared }: { readonly hosts: readonly string[]; readonly shared: string },
  exec: (host: string, argv: readonly string[]) => Promise<Executed>,
  logFile: (host: string, daemon: string) => string,
): Promise<string> {
  const asked = [
    ['scontrol', '-o', 'show', 'job'],
    ['sinfo', '-R'],
    ['sinfo', '-N', '-o', '%N %T %E'],
  ].map(async (argv) => part(argv.join(' '), await answer(exec, argv)));
  const logs = [
    logFile(controller, 'slurmctld'),
    ...hosts.map((host) => logFile(host, 'slurmd')),
    ...outputsIn(shared),
  ].map((file) => part(file, endOf(file)));
  return [...(await Promise.all(asked)), ...logs].join('\n');
}

function part(title: string, text: string): string {
  return `== ${title}\n${text.trimEnd()}`;
}

async function answer(
  exec: (host: string, argv: readonly string[]) => Promise<Executed>,
  argv: readonly string[],
): Promise<string> {
  try {
    const { stdout, stderr } = await exec(controller, argv);
    return stdout + stderr;
  } catch (error) {
    return String(error);
  }
}

function outputsIn(shared: string): string[] {
  return readdirSync(shared)
    .filter((name) => name.endsWith('.out'))
    .map((name) => join(shared, name));
}

function endOf(file: string): string {
  if (!existsSync(file)) return 'is not there';
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lastLines).join('\n');
}
