/** What a session says of itself when it begins: in the journal, the manifest and the log. */
import { hostname } from 'node:os';
import { libraryVersion, shortLibraryName } from '../mpi/index.js';
import { buildId, version } from '../process/install.js';
import type { KernelForm } from '../study/solver.js';
import type { RunOutcome, RunRequest } from './api.js';
import type { RankCounts } from './ranks.js';
import type { TimeLimit } from './time-limit.js';

export function sessionFacts(
  { restarts, strategy }: Pick<RunRequest, 'restarts' | 'strategy'>,
  { size, coordinators }: RankCounts,
  form: KernelForm,
  transport: RunOutcome['transport'],
  timeLimit: TimeLimit | undefined,
): Readonly<Record<string, unknown>> {
  return {
    version: version(),
    build: buildId(),
    node: process.version,
    host: hostname(),
    pid: process.pid,
    ranks: size,
    ...(coordinators > 0 && { coordinators }),
    transport,
    ...(transport === 'mpi' && { mpiLibrary: shortLibraryName(libraryVersion()) }),
    kernelForm: form,
    ...(restarts !== undefined && { restarted: restarts }),
    ...(timeLimit && { timeLimitMs: Math.round(timeLimit.endsAtMs - performance.now()) }),
    strategy,
  };
}
