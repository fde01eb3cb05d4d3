/** What has to be computed for a many-body expansion. Plans only: who runs it is somebody else's matter. */
import { compareFragments } from './combinations.js';
import { type Clusters, clustersOf } from './expansion/clusters.js';
import { bsseWithFree, type TasksByBsse, tasksOfLevel } from './expansion/tasks.js';
import type { Bsse, Level, ManyBodyInput } from './input.js';
import { moleculeOf } from './molecule.js';
import type { CalculationSpec, ManyBodyTask, TaskMolecule } from './task.js';

export interface ManyBodyPlan {
  readonly input: ManyBodyInput;
  /** Treatments that are analysed: those asked for, and those that come without further calculations. */
  readonly bsse: readonly Bsse[];
  readonly clusters: Clusters;
  readonly levels: readonly LevelPlan[];
  /** Every calculation once, in one fixed order: by level, then by fragments, then by basis. */
  readonly tasks: readonly ManyBodyTask[];
  specOf(task: ManyBodyTask): CalculationSpec;
  moleculeOf(task: ManyBodyTask): TaskMolecule;
}

export interface LevelPlan {
  readonly level: Level;
  readonly tasks: readonly ManyBodyTask[];
  readonly byBsse: TasksByBsse;
}

export function planManyBody(input: ManyBodyInput): ManyBodyPlan {
  const bsse = bsseWithFree(input);
  const clusters = clustersOf(input);
  const levels = input.levels.map((level) => planLevel(level, input, bsse, clusters));
  return {
    ...{ input, bsse, clusters, levels },
    tasks: levels.flatMap(({ tasks }) => tasks),
    specOf: ({ modelChemistry }) => input.specifications[modelChemistry]!,
    moleculeOf: (task) => moleculeOf(input, task),
  };
}

function planLevel(level: Level, input: ManyBodyInput, bsse: readonly Bsse[], clusters: Clusters): LevelPlan {
  const byBsse = tasksOfLevel(level, input, bsse, clusters);
  const unique = new Map([...byBsse.nocp, ...byBsse.cp, ...byBsse.vmfc]);
  const tasks = [...unique.values()].sort(
    (left, right) => compareFragments(left.real, right.real) || compareFragments(left.basis, right.basis),
  );
  return { level, tasks, byBsse };
}
