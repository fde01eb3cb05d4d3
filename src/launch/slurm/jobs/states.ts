/** The states of Slurm's jobs: what each means, and whether a job can still leave it. */

export interface JobState {
  /** In full, as Slurm writes it: `RUNNING`. */
  readonly name: string;
  /** The two letters of short tables. */
  readonly code: string;
  readonly words: string;
  /** `unknown`: one that this version has no name for; whoever waits for the end goes on waiting. */
  readonly phase: 'waiting' | 'running' | 'ended' | 'unknown';
  /** An end that is not the one that was wished for. */
  readonly isBad: boolean;
}

type Row = readonly [name: string, code: string, phase: JobState['phase'], isBad: boolean, words: string];

const rows: readonly Row[] = [
  ['BOOT_FAIL', 'BF', 'ended', true, 'a node could not be started for it'],
  ['CANCELLED', 'CA', 'ended', true, 'cancelled'],
  ['COMPLETED', 'CD', 'ended', false, 'completed'],
  ['COMPLETING', 'CG', 'running', false, 'ending'],
  ['CONFIGURING', 'CF', 'running', false, 'waiting until its nodes are started'],
  ['DEADLINE', 'DL', 'ended', true, 'its deadline passed'],
  ['EXPEDITING', 'EX', 'waiting', false, 'about to start again on other nodes'],
  ['FAILED', 'F', 'ended', true, 'failed'],
  ['LAUNCH_FAILED', 'LF', 'ended', true, 'could not be launched on a node'],
  ['NODE_FAIL', 'NF', 'ended', true, 'a node failed'],
  ['OUT_OF_MEMORY', 'OOM', 'ended', true, 'ran out of memory'],
  ['PENDING', 'PD', 'waiting', false, 'waiting'],
  ['POWER_UP_NODE', 'PO', 'running', false, 'waiting until its nodes have power'],
  ['PREEMPTED', 'PR', 'ended', true, 'pushed out by another job'],
  ['RECONFIG_FAIL', 'RC', 'ended', true, 'a node could not be configured for it'],
  ['REQUEUED', 'RQ', 'waiting', false, 'back in the queue'],
  ['REQUEUE_FED', 'RF', 'waiting', false, 'back in the queue of its federation'],
  ['REQUEUE_HOLD', 'RH', 'waiting', false, 'back in the queue, held'],
  ['RESIZING', 'RS', 'running', false, 'changing its size'],
  ['RESV_DEL_HOLD', 'RD', 'waiting', false, 'held, because its reservation is gone'],
  ['REVOKED', 'RV', 'ended', false, 'started on another cluster of its federation'],
  ['RUNNING', 'R', 'running', false, 'running'],
  ['SIGNALING', 'SI', 'running', false, 'getting a signal'],
  ['SPECIAL_EXIT', 'SE', 'waiting', false, 'back in the queue, held, because of how it ended'],
  ['STAGE_OUT', 'SO', 'running', false, 'staging its files out'],
  ['STOPPED', 'ST', 'running', false, 'stopped by a signal, its cores kept'],
  ['SUSPENDED', 'S', 'running', false, 'suspended'],
  ['TIMEOUT', 'TO', 'ended', true, 'reached its time limit'],
  ['UPDATE_DB', 'UD', 'running', false, 'being noted in the accounts'],
];

export const jobStates: readonly JobState[] = rows.map(([name, code, phase, isBad, words]) => ({
  ...{ name, code, phase, isBad, words },
}));

const byText = new Map(
  jobStates.flatMap((state) => [[state.name, state] as const, [state.code, state] as const]),
);

/**
 * A state as any of Slurm's programs writes it: in full or by its letters, with what sacct adds (`CANCELLED by 1000`,
 * `CANCELLED+` where a column was too narrow) or flags behind it (`COMPLETED,COMPLETING`). One that is not known is a
 * state too.
 */
export function jobState(text: string): JobState {
  const [word = ''] = text
    .trim()
    .toUpperCase()
    .split(/[\s,+]/);
  const known = byText.get(word);
  if (known) return known;
  const name = word === '' ? 'UNKNOWN' : word;
  return { name, code: '?', phase: 'unknown', isBad: false, words: `in the state ${name}` };
}
