/**
 * MPI for Node, usable on its own as `shoal/mpi`: `import { world } from 'shoal/mpi'`. Importing it starts nothing;
 * the first use of `world` or `self` does.
 */
export type { Family } from './abi/abi.js';
export type { Counts, Operation, Sent } from './collective-arguments.js';
export { Comm, self, world } from './communicator.js';
export type { Data } from './datatype.js';
export {
  abort,
  finalize,
  init,
  isRunning,
  leave,
  libraryVersion,
  processorName,
  standardVersion,
  type ThreadLevel,
  threadLevel,
  wtime,
} from './environment.js';
export {
  type ErrorClassName,
  MpiError,
  ProcessFailedError,
  RevokedError,
  TruncationError,
} from './errors.js';
export { type Agreement, hasUlfm, isFaultTolerant } from './fault-tolerance.js';
export { findMpi, type MpiChoice, type MpiSearch } from './find.js';
export { Group, type GroupComparison, type RankRange } from './group.js';
export { findLauncher, type Launcher } from './launcher.js';
export { shortLibraryName } from './library-name.js';
export { Message } from './message.js';
export { MissingFunctionError } from './missing-function.js';
export { ReceiveRing } from './receive-ring.js';
export { activeRequestCount, PersistentRequest, Request } from './request.js';
export { RequestGroup, waitAll } from './request-group.js';
export { SendRing } from './send-ring.js';
export { Status } from './status.js';
export { anySource, anyTag, inPlace, procNull } from './wildcards.js';
