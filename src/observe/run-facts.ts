/** All that a run directory says of its run, read once. */
import { whetherAlive } from '../process/identity.js';
import { type ExecutionStatistics, executionStatistics } from '../results/execution/statistics.js';
import type { LiveState } from '../runtime/progress/live.js';
import { type Tally, tally } from '../runtime/progress/tally.js';
import { indexJournal, type JournalIndex } from '../store/journal/journal-index.js';
import { readLock } from '../store/lock.js';
import { type RunDirectoryView, readRunDirectory } from '../store/run-directory.js';
import { shardRange } from '../study/shard.js';
import { ageOf, readLiveState } from './live-state.js';
import { type Status, statusOf } from './status.js';

export interface RunFacts {
  readonly view: RunDirectoryView;
  readonly index: JournalIndex;
  readonly tally: Tally;
  readonly statistics: ExecutionStatistics;
  readonly live: LiveState | undefined;
  readonly status: Status;
}

/** Throws InputError when `path` is no run directory. Reads the journal, also while a session writes it. */
export function readRunFacts(path: string): RunFacts {
  const view = readRunDirectory(path);
  const { manifest, paths } = view;
  const owner = readLock(view.path);
  const live = readLiveState(view.path);
  const index = indexJournal(paths.journal, manifest.fingerprint);
  const counted = tally(paths.journal, index, manifest.cases, firstOf(view));
  const statistics = executionStatistics(index, counted.counts);
  const status = statusOf({
    ...{ name: manifest.name, runDir: view.path, cases: manifest.cases, sessions: manifest.sessions },
    ...{ done: counted.done, failed: counted.failed, failures: counted.kinds, statistics, live },
    owner: owner && { isHeld: owner.state === 'held', alive: whetherAlive(owner) },
    liveAgeMs: live ? ageOf(live, Date.now()) : 0,
  });
  return { view, index, tally: counted, statistics, live, status };
}

/** The first case of the run: a shard's own. */
function firstOf({ manifest, study }: RunDirectoryView): number {
  return manifest.shard ? shardRange(manifest.shard, study.cases.count).first : 0;
}
