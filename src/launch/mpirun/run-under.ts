/** Runs this program again as the ranks of an MPI job, and waits for what rank 0 has to say. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { EnvironmentError } from '../../errors/environment-error.js';
import { startGuardian } from '../../process/guardian/guardian.js';
import { withoutLauncher } from '../../process/spawn/launcher-environment.js';
import {
  forgetReport,
  type JobReport,
  type ParentFacts,
  parentEnvironment,
  readReport,
} from '../parent-link.js';
import { commandLine, type JobHosts, type JobLauncher } from './command-line.js';

export interface RunUnderRequest {
  readonly launcher: JobLauncher;
  readonly ranks: number;
  /** Where the ranks run; this machine, or the nodes of the Slurm job, where absent. */
  readonly hosts?: JobHosts | undefined;
  /** What each rank runs: program and arguments. */
  readonly command: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** For rank 0. */
  readonly facts: ParentFacts;
  /** Rank 0 is asked to stop, and does so in its own time. */
  readonly stop: AbortSignal;
  /** The job is ended at once. */
  readonly abort: AbortSignal;
}

export interface JobEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What rank 0 said last; undefined when it never came to its command. */
  readonly report: JobReport | undefined;
}

/**
 * All that the ranks write goes to this process's standard error: its standard output belongs to the outcome.
 * The launcher starts in a session of its own and only once the guardian knows it, so that a terminal's Ctrl+C
 * does not reach it and it never outlives this process. When this resolves, no rank on this host is left.
 */
export async function runUnder(request: RunUnderRequest): Promise<JobEnd> {
  const { facts } = request;
  const line = commandLine({
    launcher: request.launcher,
    ranks: request.ranks,
    hosts: request.hosts,
    command: request.command,
    isRoot: process.getuid?.() === 0,
    callerEnvironment: request.environment,
    rankEnvironment: parentEnvironment(facts),
  });
  await forgetReport(facts.folder);
  const guardian = startGuardian();
  const cleanUp = new AbortController();
  try {
    const waitForGuardian = ['-c', 'read -r go && exec "$@"', 'sh', line.program, ...line.args];
    const child = spawn('/bin/sh', waitForGuardian, {
      stdio: ['pipe', process.stderr, process.stderr],
      detached: true,
      env: { ...withoutLauncher(request.environment), ...line.environment },
    });
    child.stdin.on('error', () => {});
    if (child.pid === undefined) {
      const [error] = await once(child, 'error');
      throw new EnvironmentError(`cannot start ${line.program}`, { cause: error });
    }
    const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    guardian.watch(child.pid);
    child.stdin.write('go\n');
    onAbort(request.stop, cleanUp.signal, () => child.stdin.write('stop\n'));
    onAbort(request.abort, cleanUp.signal, () => guardian.close());
    const [code, signal] = await ended;
    // Ranks that a killed launcher left behind are still in its session, and may still be writing.
    guardian.close();
    await guardian.ended();
    return { code, signal, report: await readReport(facts.folder) };
  } finally {
    cleanUp.abort();
    guardian.close();
  }
}

function onAbort(signal: AbortSignal, until: AbortSignal, listener: () => void): void {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true, signal: until });
}
