/** Where a run stands that was started by itself on a host: the host is asked, by the run's token. */
import { type DetachedState, detachedState } from '../remote/detached.js';
import type { Host } from '../remote/host.js';
import { exitMeanings, type JobAccount } from '../slurm/jobs/ends.js';
import type { Followed } from '../slurm/submit/follow.js';
import { isBeingMade } from '../slurm/submit/settle.js';
import { type Submission, shortToken } from '../slurm/submit/submission.js';

/** `keep` writes down what was found out of it. */
export async function followDetached(
  host: Host,
  given: Submission,
  keep: (submission: Submission) => void,
): Promise<Followed> {
  const jobId = shortToken(given.token);
  if (given.end) return { ...ended(given, given.end.state, given.end), jobId };
  if (given.state.kind === 'refused' || given.state.kind === 'not submitted') return neverStarted(given);
  const state = await detachedState(host, given.token);
  if (given.state.kind === 'prepared' && state.kind === 'unknown') {
    if (isBeingMade(given)) {
      const account = { words: 'is being submitted' };
      return { submission: given, jobs: [], state: 'submitting', phase: 'waiting', account };
    }
    const submission: Submission = { ...given, state: { kind: 'not submitted', at: now() } };
    keep(submission);
    return neverStarted(submission);
  }
  const submission: Submission =
    given.state.kind === 'prepared' ? { ...given, state: { kind: 'submitted', jobId, at: now() } } : given;
  const followed = { ...whereItStands(host, submission, state), jobId };
  const end =
    state.kind === 'ended' ? { end: { jobId, state: followed.state, ...followed.account } } : undefined;
  if (end || submission !== given) keep({ ...submission, ...end });
  return followed;
}

function whereItStands(host: Host, submission: Submission, state: DetachedState): Followed {
  switch (state.kind) {
    case 'running': {
      const since = submission.state.kind === 'submitted' ? submission.state.at : submission.created;
      return {
        ...{ submission, jobs: [], state: 'RUNNING', phase: 'running' },
        account: { words: host.isLocal ? 'is running here' : `is running on ${host.name}` },
        elapsedMs: Math.max(0, Date.now() - Date.parse(since)),
      };
    }
    case 'ended':
      return ended(submission, ...endOf(state.code));
    case 'vanished':
      return ended(submission, 'VANISHED', {
        words: 'is gone and has left no exit code: the host was restarted, or all of the run was killed',
        hint: goOn,
      });
    case 'unknown':
      return ended(submission, 'forgotten', {
        words: `is not known ${host.isLocal ? 'here' : `on ${host.name}`} any more`,
      });
    default:
      return state satisfies never;
  }
}

const goOn = 'What was done is kept: submit again to go on';

function endOf(code: number): [state: string, account: JobAccount] {
  if (code === 0) return ['COMPLETED', { words: 'completed' }];
  if (code === 130 || code === 143) return ['CANCELLED', { words: 'was cancelled', hint: goOn }];
  const meaning = exitMeanings[code];
  return [
    'FAILED',
    {
      words: `failed with exit code ${code}${meaning ? `: ${meaning}` : ''}`,
      hint: 'logs shows what it printed',
    },
  ];
}

function neverStarted(submission: Submission): Followed {
  const { state } = submission;
  return state.kind === 'refused'
    ? ended(submission, 'refused', { words: `was refused: ${state.message}` })
    : ended(submission, 'not submitted', { words: 'was never started: submit it again' });
}

function ended(submission: Submission, state: string, { words, hint }: JobAccount): Followed {
  const account = { words, ...(hint !== undefined && { hint }) };
  return { submission, jobs: [], state, phase: 'ended', account };
}

function now(): string {
  return new Date().toISOString();
}
