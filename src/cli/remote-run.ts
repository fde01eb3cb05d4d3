/** A run directory of another host, for the commands that show one: what is there looks at it, and we show what it sees. */
import { posix } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HostError } from '../errors/host-error.js';
import { InputError } from '../errors/input-error.js';
import { remoteShoal } from '../launch/remote/setup/remote-shoal.js';
import type { SshHost } from '../launch/remote/ssh-host.js';
import { type FeedLine, parseFeedLine } from '../observe/watch/feed.js';
import { shellWord } from '../process/spawn/shell-word.js';
import type { JobDesk } from './submissions.js';

export interface RemoteRun {
  readonly host: SshHost;
  /** Absolute, or from the home folder there. */
  readonly runDir: string;
  /** Program and arguments that start shoal there. */
  readonly program: readonly string[];
}

/** The run of a job, or any other run directory there. */
export async function remoteRunOf(desk: JobDesk, text: string): Promise<RemoteRun> {
  const host = desk.host as SshHost;
  if (host.isLocal) {
    throw new InputError('--host localhost is this machine', { expected: 'no --host, or that of another' });
  }
  const submission = desk.find(text, '');
  if (submission) return { host, runDir: submission.runDir, program: submission.program };
  return { host, runDir: posix.normalize(text), program: await remoteShoal(host) };
}

/** From the home folder of the user there. */
export function remoteWords(
  { program, runDir }: RemoteRun,
  command: string,
  more: readonly string[],
): string[] {
  return [...program, command, runDir, ...more];
}

const longestPauseMs = 15_000;

/** The lines of a feed of the run, for as long as it goes on: a connection that is lost is made again. */
export async function followFeed(
  run: RemoteRun,
  onLine: (line: FeedLine) => void,
  onLost: (message: string) => void,
  stop: AbortSignal,
): Promise<void> {
  const words = remoteWords(run, 'watch', ['--json']).map(shellWord).join(' ');
  let wasHeard = false;
  for (let pauseMs = 1_000; !stop.aborted; ) {
    let rest = '';
    let isOver = false;
    const onOutput = (bytes: Uint8Array): void => {
      const lines = (rest + Buffer.from(bytes).toString('latin1')).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) {
        const line = parseFeedLine(Buffer.from(text, 'latin1').toString());
        if (!line) continue;
        pauseMs = 1_000;
        wasHeard = true;
        isOver = line.kind === 'sight' && line.sight.kind === 'over';
        onLine(line);
      }
    };
    try {
      const { code, stderr } = await run.host.stream(`exec ${words}`, { onOutput });
      if (isOver || code === 0) return;
      throw new InputError(
        stderr
          .toString()
          .trim()
          .replace(/^shoal: /, '') || `watch failed on ${run.host.name}`,
      );
    } catch (error) {
      if (!(error instanceof HostError) || !mayPass(error, wasHeard)) throw error;
      if (stop.aborted) return;
      onLost(error.message);
      await delay(pauseMs, undefined, { signal: stop }).catch(() => {});
      pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
    }
  }
}

/** A host that has answered before answers again, however long it cannot be reached. */
function mayPass({ fault }: HostError, wasHeard: boolean): boolean {
  return fault === 'lost' || (fault === 'unreachable' && wasHeard);
}
