/** Levels and resources of cases, from their formulas. */
import { InputError } from '../errors/input-error.js';
import type { Resources, TaskNeeds } from '../schedule/tasks/task-set.js';
import type { CasePlan } from './case-space.js';
import { formulaEvaluator } from './formulas.js';
import type { StudyTasks } from './tasks.js';

export interface CaseLevels {
  readonly values: Float64Array;
  /** Rank of each case's level among those that occur, from 0. */
  readonly ranks: Uint32Array;
}

export function levelRanks(cases: CasePlan, formula: string, total: number): CaseLevels {
  const values = formulaEvaluator(cases, [formula])(0, total)[0]!;
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw notUsable('tasks.level', 'a finite number', values[wrong]!, wrong);
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const rankOf = new Map(sorted.map((value, rank) => [value, rank]));
  return { values, ranks: Uint32Array.from(values, (value) => rankOf.get(value)!) };
}

/** Kinds beyond this many are made fewer: the scheduler looks at each when a worker asks. */
const mostExactKinds = 256;
/** Then memory is counted in steps of this part of itself. */
const steps = 32;

export function needsOf(
  cases: CasePlan,
  { cores = '0', memoryBytes = '0', gpus = '0' }: NonNullable<StudyTasks['resources']>,
  total: number,
): TaskNeeds {
  const columns = formulaEvaluator(cases, [cores, memoryBytes, gpus])(0, total);
  ['cores', 'memory', 'gpus'].forEach((name, i) => {
    const wrong = columns[i]!.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
    if (wrong < 0) return;
    throw notUsable(`tasks.resources.${name}`, 'a number that is not negative', columns[i]![wrong]!, wrong);
  });
  const [coreCounts, memories, gpuCounts] = columns;
  const exact = group(coreCounts!, memories!.map(Math.ceil), gpuCounts!);
  if (exact.kinds.length <= mostExactKinds) return exact;
  return group(coreCounts!, memories!.map(roundedUp), gpuCounts!);
}

function group(cores: Float64Array, memories: Float64Array, gpus: Float64Array): TaskNeeds {
  const kinds: Resources[] = [];
  const places = new Map<string, number>();
  const kindOf = Uint16Array.from(cores, (_, i) => {
    const need = { cores: cores[i]!, memoryBytes: memories[i]!, gpus: gpus[i]! };
    const key = `${need.cores} ${need.memoryBytes} ${need.gpus}`;
    let place = places.get(key);
    if (place === undefined) {
      place = kinds.length;
      if (place > 0xffff) {
        throw new InputError('Too many different needs', {
          field: 'tasks.resources',
          expected: `at most ${0x1_0000} combinations of cores, memory and GPUs`,
          hint: 'Round them, for example with ceil()',
        });
      }
      kinds.push(need);
      places.set(key, place);
    }
    return place;
  });
  return { kinds, kindOf };
}

/** To the next of `steps` steps between two powers of two. */
function roundedUp(bytes: number): number {
  if (bytes === 0) return 0;
  const step = 2 ** Math.floor(Math.log2(bytes)) / steps;
  return Math.ceil(bytes / step) * step;
}

function notUsable(field: string, expected: string, given: number, index: number): InputError {
  return new InputError('A value that cannot be used', {
    field,
    expected,
    given: `${given} in case ${index}`,
  });
}
