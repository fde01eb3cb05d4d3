/** The section `tasks` of a study file: its columns looked up, its formulas checked. */
import type { ColumnSpec } from '../codec/columns.js';
import type { CasePlanDetail } from './cases/plan.js';
import type { FieldPath, StudyFile } from './document/places.js';
import { problem } from './document/problem.js';
import { checkedFormula } from './formulas.js';
import { suggestion } from './nearest.js';
import { bytesWords, parseBytes } from './quantities.js';
import type { StudyDocument } from './schema.js';
import { priorityRules, type StudyTasks } from './tasks.js';

/** Throws InputError for columns and formulas that the study does not have, and for rules without what they need. */
export function resolveTasks(
  file: StudyFile,
  { tasks, cost }: StudyDocument,
  plan: CasePlanDetail,
): StudyTasks | undefined {
  if (!tasks) return undefined;
  const { id, depends_on: dependsOn, level, priority, resources } = tasks;
  if (dependsOn !== undefined && id === undefined) {
    throw problem(file, ['tasks', 'depends_on'], 'Dependencies without names to depend on', {
      expected: '`id` beside it: the column that names each case',
    });
  }
  if (id !== undefined) columnNamed(file, ['tasks', 'id'], id, plan.columns, ['string', 'float64']);
  if (dependsOn !== undefined) {
    columnNamed(file, ['tasks', 'depends_on'], dependsOn, plan.columns, ['string']);
  }
  const formula = (path: FieldPath, value: string | number) => checkedFormula(file, path, value, plan);
  return {
    ...(id !== undefined && { id }),
    ...(dependsOn !== undefined && { dependsOn }),
    ...(level !== undefined && { level: formula(['tasks', 'level'], level) }),
    ...(priority !== undefined && { priority: priorityOf(file, priority, { level, cost }, formula) }),
    ...(resources !== undefined && { resources: resourcesOf(file, resources, formula) }),
  };
}

type Section = NonNullable<StudyDocument['tasks']>;
type Formula = (path: FieldPath, value: string | number) => string;

function priorityOf(
  file: StudyFile,
  priority: NonNullable<Section['priority']>,
  { level, cost }: { level: Section['level']; cost: StudyDocument['cost'] },
  formula: Formula,
): NonNullable<StudyTasks['priority']> {
  const rule = priorityRules.find((name) => name === priority);
  if (!rule) return { kind: 'formula', formula: formula(['tasks', 'priority'], priority) };
  const needed = { nbody_first: level, cost_first: cost, fifo: true }[rule];
  if (needed !== undefined) return { kind: 'rule', rule };
  const key = rule === 'nbody_first' ? '`tasks.level`' : '`cost`';
  throw problem(file, ['tasks', 'priority'], `The rule ${rule} has nothing to go by`, {
    expected: `${key} in the study`,
  });
}

function resourcesOf(
  file: StudyFile,
  { cores, memory, gpus }: NonNullable<Section['resources']>,
  formula: Formula,
): NonNullable<StudyTasks['resources']> {
  // A number with a word behind it can be no formula, and is a size with a mistake in it.
  if (typeof memory === 'string' && /^[\d._]+\s*[a-z]+$/i.test(memory.trim()) && !parseBytes(memory)) {
    throw problem(file, ['tasks', 'resources', 'memory'], 'Not a size', {
      expected: `${bytesWords}, or a formula`,
      given: memory,
    });
  }
  const bytes = typeof memory === 'string' ? (parseBytes(memory) ?? memory) : memory;
  return {
    ...(cores !== undefined && { cores: formula(['tasks', 'resources', 'cores'], cores) }),
    ...(bytes !== undefined && { memoryBytes: formula(['tasks', 'resources', 'memory'], bytes) }),
    ...(gpus !== undefined && { gpus: formula(['tasks', 'resources', 'gpus'], gpus) }),
  };
}

function columnNamed(
  file: StudyFile,
  path: FieldPath,
  name: string,
  columns: readonly ColumnSpec[],
  dtypes: readonly ColumnSpec['dtype'][],
): void {
  const column = columns.find((each) => each.name === name);
  if (!column) {
    const hint = suggestion(
      name,
      columns.map((each) => each.name),
    );
    throw problem(file, path, `No column of the name '${name}'`, { ...(hint && { hint }) });
  }
  if (dtypes.includes(column.dtype) && column.shape.length === 0) return;
  throw problem(file, path, `The column '${name}' cannot serve`, {
    expected: dtypes.includes('float64') ? 'a text or a number a case' : 'a text a case',
    given: `${column.dtype}${column.shape.length > 0 ? `[${column.shape.join(', ')}]` : ''}`,
  });
}
