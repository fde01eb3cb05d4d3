/** The only door for user input: a study file becomes a Study, in which everything is checked and filled in. */
import { InputError } from '../errors/input-error.js';
import type { CasePlanDetail } from './cases/plan.js';
import { checkPlaceholders } from './command/resolve.js';
import { resolveCost } from './cost.js';
import type { StudyFile } from './document/places.js';
import { type Bundle, readStudyFile } from './document/read.js';
import { validate } from './document/validate.js';
import { valueFile } from './document/value.js';
import type { Execution } from './execution.js';
import { resolveExecution } from './execution-section.js';
import { expandStudy } from './expand.js';
import { digest } from './fingerprint.js';
import { chooseKernel } from './kernel-source.js';
import { type PlannedCases, planCases } from './plan-cases.js';
import { type StudyDocument, studySchema } from './schema.js';
import { requirePlain, resolveShared } from './shared.js';
import { slurmSettingsOf } from './slurm/section.js';
import type { Solver } from './solver.js';
import { type KernelSource, type StatisticName, type Study, studySchemaVersion } from './study.js';
import { supportsOf } from './supports.js';
import { createTaskSet } from './task-set.js';
import { resolveTasks } from './tasks-section.js';
import { membersOf } from './turns.js';

export interface LoadOptions {
  /** Built-in solvers that a study can name. */
  readonly solvers: readonly Solver[];
  readonly bundle: Bundle;
}

/**
 * Reads a study from YAML, JSON, or a module's export `study`. Throws InputError with file, line, column and field for
 * everything that can be known to be wrong before a case is computed; EnvironmentError for a file that cannot be read.
 */
export async function loadStudy(path: string, options: LoadOptions): Promise<Study> {
  return studyOf(await readStudyFile(path, options.bundle), options);
}

/** The same for a study file that is in memory already. */
export function loadStudyFile(file: StudyFile, options: LoadOptions): Promise<Study> {
  return studyOf(file, options);
}

/** The same for a study that a program made; relative paths in it start from `folder`. */
export function loadStudyValue(value: unknown, folder: string, options: LoadOptions): Promise<Study> {
  return studyOf(valueFile(value, folder), options);
}

async function studyOf(file: StudyFile, { solvers, bundle }: LoadOptions): Promise<Study> {
  const given = validate(studySchema, file.value, file);
  const { source, solver } = await chooseKernel(file, given, solvers, bundle);
  const expansion = solver?.expand && (await expandStudy(file, given, solver.expand));
  const document = expansion?.document ?? given;
  const cases = await planCases(file, document);
  const settings = expansion
    ? expansion.settings
    : solver
      ? validate(solver.settingsSchema, document.settings, file, ['settings'])
      : plainSettings(file, document);
  const shared = await resolveShared(file, document.shared);
  if (solver) checkBySolver(file, solver, settings, cases);
  const { plan } = cases;
  checkCommands(file, source, plan);
  const cost = resolveCost(file, document.cost, plan);
  const tasks = resolveTasks(file, document, plan);
  if (tasks) atOwnField(file, () => createTaskSet({ cases: plan, tasks }, plan.count));
  const execution = resolveExecution(file, document.execution, source);
  return {
    schemaVersion: studySchemaVersion,
    name: document.name,
    description: document.description,
    source: { path: file.path, text: file.text },
    kernel: source,
    settings,
    cases: plan,
    shared,
    schedule: document.schedule,
    ...(cost && { cost }),
    execution,
    ...(tasks && { tasks }),
    ...(document.slurm && { slurm: slurmSettingsOf(document.slurm) }),
    // The schema's pattern admits exactly the names of the type.
    statistics: document.statistics as StatisticName[],
    output: document.output,
    fingerprint: fingerprintOf(plan, source, settings, shared, execution),
  };
}

function checkCommands(file: StudyFile, source: KernelSource, { columns }: CasePlanDetail): void {
  membersOf(source).forEach((member, i) => {
    const at = source.kind === 'turns' ? ['kernel', i] : ['kernel'];
    if (member.kind === 'command') checkPlaceholders(file, at, member, columns);
  });
}

function plainSettings(file: StudyFile, { settings }: StudyDocument): unknown {
  requirePlain(file, ['settings'], settings);
  return settings;
}

function checkBySolver(
  file: StudyFile,
  solver: Solver,
  settings: unknown,
  { plan, paths }: PlannedCases,
): void {
  atOwnField(file, () => solver.check({ settings, columns: plan.columns }, supportsOf(file, plan, paths)));
}

/** Errors that name their field, and perhaps the line of what is around it, get its exact place. */
function atOwnField(file: StudyFile, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof InputError) || error.facts.field === undefined) throw error;
    const path = error.facts.field.split(/[.[\]]+/).filter((part) => part !== '');
    const place = { ...file.locate(path), field: error.facts.field };
    throw new InputError(error.message, { ...error.facts, ...place }, { cause: error });
  }
}

/**
 * What makes a study itself: cases, kernel, settings, shared data. Where files lie, and the study's name, description,
 * schedule, costs, statistics and output, change no result; of `execution` the refusal of NaN and
 * the number of ranks that compute a case together do.
 */
function fingerprintOf(
  plan: CasePlanDetail,
  kernel: KernelSource,
  settings: unknown,
  shared: unknown,
  { nan, ranksPerTask }: Execution,
): string {
  return digest({
    ...{ cases: plan, kernel: identityOf(kernel), settings, shared },
    ...(nan === 'refuse' && { nan }),
    // Sums over ranks have the bits of their number.
    ...(ranksPerTask > 1 && { ranksPerTask }),
  });
}

function identityOf(kernel: KernelSource): unknown {
  if (kernel.kind === 'turns') return { kind: kernel.kind, members: kernel.members.map(identityOf) };
  const { path: _path, code: _code, ...identity } = { path: '', code: '', ...kernel };
  return identity;
}
