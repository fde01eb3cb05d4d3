/** What lets the cases of a study wait, as far as a forecast can reckon with it. */
import { gpuNames } from '../process/node/gpus.js';
import { ownHoldings } from '../process/node/holdings.js';
import type { CostModel } from '../schedule/costs.js';
import { type Amounts, amountsOf, resourcesOf } from '../schedule/tasks/hosts.js';
import type { TaskSet } from '../schedule/tasks/task-set.js';
import { withCosts } from '../schedule/tasks/with-costs.js';
import type { Constraints, HostShape } from '../simulate/constraints.js';
import type { Study } from '../study/study.js';
import { HostHoldings } from './host-holdings.js';

/** Of more cases each forecast would take seconds: every one is simulated. */
const mostCases = 20_000;

export interface ConstraintsRequest {
  readonly study: Pick<Study, 'tasks' | 'execution'>;
  readonly set: TaskSet | undefined;
  /** Cases to compute. */
  readonly cases: number;
  readonly failed: Iterable<number>;
  readonly model: CostModel | undefined;
  /** Workers on one host: as many as it has cores, where it is not known. */
  readonly hostWorkers?: number;
  /** Hosts by their numbers of ranks, where they are known. */
  readonly hosts?: readonly PlannedHost[];
}

/** What is said of a host: what is not is a core for each rank, and otherwise what this one has. */
export interface PlannedHost {
  readonly slots: number;
  readonly cores?: number | undefined;
  readonly memoryBytes?: number | undefined;
  readonly gpus?: number | undefined;
}

/** `none`: no case waits. `left out`: some do, and are too many to reckon with. */
export type Waits = 'none' | 'left out' | Constraints;

export function constraintsOf(request: ConstraintsRequest): Waits {
  const { study, set, cases, failed, model, hostWorkers, hosts } = request;
  const { tasks, execution } = study;
  if (!set || !tasks || !isConstrained(study)) return 'none';
  if (cases > mostCases) return 'left out';
  const holdings = ownHoldings(gpuNames(execution.gpus));
  const { owned } = new HostHoldings().add({ host: '', holdings });
  const workers = hostWorkers ?? Math.floor(resourcesOf(owned).cores / execution.ranksPerTask);
  return {
    set: withCosts(set, tasks, model),
    failed: [...failed],
    host: { workers: Math.max(1, workers), owned },
    ...(hosts && { hosts: hosts.map((one) => shapeOf(one, execution.ranksPerTask, owned)) }),
  };
}

function shapeOf(host: PlannedHost, ranksPerTask: number, here: Amounts): HostShape {
  const own = resourcesOf(here);
  const { slots, cores = slots, memoryBytes = own.memoryBytes, gpus = own.gpus } = host;
  return {
    workers: Math.max(1, Math.floor(slots / ranksPerTask)),
    owned: amountsOf({ cores, memoryBytes, gpus }),
  };
}

function isConstrained({ tasks }: Pick<Study, 'tasks'>): boolean {
  return tasks?.dependsOn !== undefined || tasks?.level !== undefined || tasks?.resources !== undefined;
}
