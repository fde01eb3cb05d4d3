/**
 * Who may submit a run next. The submissions of a run have numbers, and a number is taken by a file in the run
 * directory that only one can make: of two who submit at the same moment, from whichever machines, one is told of the
 * other. The file holds the submission, so that what became of it can be found out when its maker did not live to tell.
 */
import { posix } from 'node:path';
import { EnvironmentError } from '../../../errors/environment-error.js';
import { HostError } from '../../../errors/host-error.js';
import { shellWord } from '../../../process/spawn/shell-word.js';
import type { Host, HostOutcome } from '../../remote/host.js';
import { jobsFolderOf, parseSubmission, type Submission } from './submission.js';

export interface LastClaim {
  /** 0 for a run that was never submitted. */
  readonly number: number;
  /** As it was last written down in the run directory. */
  readonly submission?: Submission;
}

export async function lastClaim(host: Host, runDir: string): Promise<LastClaim> {
  const list = `cd ${shellWord(jobsFolderOf(runDir))} 2>/dev/null || exit 0; ls`;
  const { code, stdout, stderr } = await said(host, list);
  if (code !== 0) throw new EnvironmentError(`cannot read ${jobsFolderOf(runDir)}: ${stderr.trim()}`);
  const numbers = stdout.split('\n').map((name) => Number(/^submission-(\d+)\.claim$/.exec(name)?.[1] ?? 0));
  const number = Math.max(0, ...numbers);
  if (number === 0) return { number };
  const claimed = await readSubmission(host, claimPath(runDir, number));
  const known =
    claimed && (await readSubmission(host, posix.join(jobsFolderOf(runDir), `${claimed.token}.json`)));
  const submission = known ?? claimed;
  return { number, ...(submission && { submission }) };
}

/** False when another has taken the number. */
export async function claim(host: Host, number: number, submission: Submission): Promise<boolean> {
  const path = shellWord(claimPath(submission.runDir, number));
  const beside = `${path}.${submission.token}`;
  // A link is made by one only, and shows the whole file. Whose answer was lost finds its own there.
  const script = `mkdir -p ${shellWord(jobsFolderOf(submission.runDir))} && cat >${beside} || exit 1
ln ${beside} ${path} 2>/dev/null || { cmp -s ${beside} ${path} || { [ -e ${path} ] && rm -f ${beside} && exit 3; exit 1; }; }
rm -f ${beside}`;
  const { code, stderr } = await said(host, script, `${JSON.stringify(submission, null, 2)}\n`);
  if (code === 0) return true;
  if (code === 3) return false;
  throw new EnvironmentError(
    `cannot write ${claimPath(submission.runDir, number)} on ${host.name}: ${stderr.trim()}`,
  );
}

function claimPath(runDir: string, number: number): string {
  return posix.join(jobsFolderOf(runDir), `submission-${number}.claim`);
}

async function readSubmission(host: Host, path: string): Promise<Submission | undefined> {
  const bytes = await host.readFile(path);
  return bytes && parseSubmission(new TextDecoder().decode(bytes));
}

const attempts = 3;

/** Both scripts may be said twice. */
async function said(host: Host, script: string, input?: string): Promise<HostOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await host.run(['sh', '-c', script], input === undefined ? {} : { input });
    } catch (error) {
      if (!(error instanceof HostError) || error.fault !== 'lost' || attempt === attempts) throw error;
    }
  }
}
