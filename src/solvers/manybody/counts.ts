/** How many calculations an expansion needs, by level of theory and number of fragments. */
import { levelLetter } from './levels.js';
import type { LevelPlan, ManyBodyPlan } from './plan.js';
import type { ManyBodyTask } from './task.js';

export interface LevelCounts {
  readonly modelChemistry: string;
  readonly letter: string;
  readonly taskCount: number;
  /** Ascending in `nbody`. A calculation that several treatments need counts once in `all`. */
  readonly bodies: readonly BodyCounts[];
}

export interface BodyCounts {
  /** Number of real fragments. */
  readonly nbody: number;
  readonly all: number;
  readonly nocp: number;
  readonly cp: number;
  readonly vmfc: number;
}

export function countTasks({ levels }: ManyBodyPlan): readonly LevelCounts[] {
  return levels.map((levelPlan, i) => ({
    modelChemistry: levelPlan.level.modelChemistry,
    letter: levelLetter(i),
    taskCount: levelPlan.tasks.length,
    bodies: bodiesOf(levelPlan),
  }));
}

/** In the layout of QCManyBody's plans. */
export function formatCounts(levels: readonly LevelCounts[]): string {
  const lines = levels.flatMap(({ modelChemistry, letter, taskCount, bodies }) => [
    `${`    Model chemistry "${modelChemistry}" (${letter}):`.padEnd(38)} ${String(taskCount).padStart(6)}`,
    ...bodies.map(
      ({ nbody, all, nocp, cp, vmfc }) =>
        `        Number of ${nbody}-body computations: ${String(all).padStart(6)} ` +
        `(nocp: ${nocp}, cp: ${cp}, vmfc_compute: ${vmfc})`,
    ),
    '',
  ]);
  return lines.join('\n');
}

function bodiesOf({ tasks, byBsse }: LevelPlan): readonly BodyCounts[] {
  const all = countByBody(tasks);
  const nocp = countByBody(byBsse.nocp.values());
  const cp = countByBody(byBsse.cp.values());
  const vmfc = countByBody(byBsse.vmfc.values());
  return [...all]
    .sort(([left], [right]) => left - right)
    .map(([nbody, count]) => ({
      nbody,
      all: count,
      nocp: nocp.get(nbody) ?? 0,
      cp: cp.get(nbody) ?? 0,
      vmfc: vmfc.get(nbody) ?? 0,
    }));
}

function countByBody(tasks: Iterable<ManyBodyTask>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  for (const { real } of tasks) counts.set(real.length, (counts.get(real.length) ?? 0) + 1);
  return counts;
}
