/** One case of a run: what it is, where it stands, why, and what was tried. */
import { type Block, decodeBlock, type Failure } from '../codec/block.js';
import { type ColumnSpec, type Columns, isResult } from '../codec/columns.js';
import { shellWord } from '../process/spawn/shell-word.js';
import { jsonWriter } from '../results/export/json-value.js';
import type { LiveState } from '../runtime/progress/live.js';
import { BlockReader } from '../store/journal/block-reader.js';
import type { JournalIndex } from '../store/journal/journal-index.js';
import type { RunDirectoryView } from '../store/run-directory.js';
import { createCaseSpace } from '../study/case-space.js';
import { calculatorNames, inTurn, membersOf } from '../study/turns.js';
import { formatDuration, plural } from './figures.js';
import { obstaclesOf } from './obstacles.js';
import { retryOptions } from './retry-words.js';
import type { Style } from './style.js';

/** One chunk with this case that came back. */
export interface AttemptFacts {
  readonly attempt: number;
  /** Which kernel computed it, of a study with several. */
  readonly calculator?: string;
  readonly worker: number;
  readonly host: string | undefined;
  /** ISO 8601, by the worker's clock. */
  readonly start: string;
  /** Of the whole chunk; null where nobody saw it, as of a case that ended the whole job. */
  readonly elapsedMs: number | null;
  readonly chunkCases: number;
  readonly status: 'completed' | Failure['status'];
  readonly failure?: Failure;
  /** Its result is the one that counts. */
  readonly isCounted: boolean;
}

export interface CaseExplanation {
  readonly study: string;
  readonly case: number;
  /** `in flight`: handed out in the last session, not come back, and computed again by `resume`. */
  readonly state: 'completed' | Failure['status'] | 'in flight' | 'waiting';
  /** Of a case without a result: why it is not being computed, or where. */
  readonly obstacles: readonly string[];
  /** A session runs. */
  readonly isLive: boolean;
  readonly parameters: readonly NamedValue[];
  /** Of a completed case. */
  readonly outputs: readonly NamedValue[];
  readonly attempts: readonly AttemptFacts[];
  /** A program computed it; `output` shows what it printed. */
  readonly isByProgram: boolean;
}

export interface NamedValue {
  readonly name: string;
  readonly unit?: string;
  /** JSON text, numbers in full precision. */
  readonly value: string;
}

/** `caseIndex` lies inside the study; the caller has checked it. */
export function explainCase(
  view: RunDirectoryView,
  index: JournalIndex,
  caseIndex: number,
  live?: LiveState,
): CaseExplanation {
  const { study, manifest, paths } = view;
  const outputs = manifest.kernel?.outputs ?? [];
  const piece = index.pieces.find(({ first, count }) => caseIndex >= first && caseIndex < first + count);
  const attempts: AttemptFacts[] = [];
  const calculators = calculatorNames(study.kernel);
  const calculatorOf = (attempt: number): Pick<AttemptFacts, 'calculator'> =>
    calculators.length > 1 ? { calculator: inTurn(calculators, attempt) } : {};
  let counted: Block | undefined;
  const reader = new BlockReader(paths.journal);
  try {
    const { blocks } = index;
    for (let b = 0; b < blocks.length; b++) {
      const first = blocks.first[b]!;
      if (caseIndex < first || caseIndex >= first + blocks.count[b]!) continue;
      const block = decodeBlock(
        outputs,
        reader.read(blocks.segment[b]!, blocks.offset[b]!, blocks.bytes[b]!),
      );
      const isCounted = piece?.block === b;
      if (isCounted) counted = block;
      const host = index.sessions[blocks.session[b]!]?.hosts.get(block.worker);
      attempts.push({ ...attemptOf(block, caseIndex, host, isCounted), ...calculatorOf(block.attempt) });
    }
  } finally {
    reader.close();
  }
  const standing = attempts.find(({ isCounted }) => isCounted);
  const waiting = index.inFlight.has(caseIndex) ? 'in flight' : 'waiting';
  return {
    study: study.name,
    case: caseIndex,
    state: standing?.status ?? waiting,
    obstacles: standing ? [] : obstaclesOf(view, index, caseIndex, live),
    isLive: live !== undefined,
    parameters: valuesAt(study.cases.columns, createCaseSpace(study.cases).fill(caseIndex, 1), 0),
    outputs:
      counted && standing?.status === 'completed'
        ? valuesAt(outputs.filter(isResult), counted.columns, caseIndex - counted.first)
        : [],
    attempts,
    isByProgram: membersOf(study.kernel).some(({ kind }) => kind === 'command'),
  };
}

function attemptOf(
  block: Block,
  caseIndex: number,
  host: string | undefined,
  isCounted: boolean,
): AttemptFacts {
  const failure = block.failures.find(({ offset }) => block.first + offset === caseIndex);
  return {
    attempt: block.attempt,
    worker: block.worker,
    host,
    start: new Date(block.startedMs).toISOString(),
    elapsedMs: failure && block.elapsedMs === 0 ? null : block.elapsedMs,
    chunkCases: block.count,
    status: failure?.status ?? 'completed',
    ...(failure ? { failure } : {}),
    isCounted,
  };
}

function valuesAt(specs: readonly ColumnSpec[], columns: Columns, row: number): NamedValue[] {
  return specs.map((spec) => ({
    name: spec.name,
    ...(spec.unit === undefined ? {} : { unit: spec.unit }),
    value: jsonWriter(spec)(columns[spec.name]!, row),
  }));
}

export interface ExplainContext {
  readonly program: string;
  /** The run directory as the user would type it. */
  readonly runDir: string;
  readonly style: Style;
}

/** Lines of text, without a line end behind the last. */
export function formatExplanation(
  facts: CaseExplanation,
  { program, runDir, style }: ExplainContext,
): string {
  const isGood = facts.state === 'completed';
  const paint = isGood ? style.good : style.bad;
  const lines = [`${style.bold(`case ${facts.case} of ${facts.study}`)}: ${paint(stateText(facts))}`];
  lines.push(...facts.obstacles.map((text) => `  ${text}`));
  lines.push(...valueLines('Parameters', facts.parameters, style));
  lines.push(...valueLines('Outputs', facts.outputs, style));
  if (facts.attempts.length > 0) lines.push('', style.bold('Attempts'));
  for (const attempt of facts.attempts)
    lines.push(...attemptLines(attempt, attempt === facts.attempts.at(-1)));
  lines.push('');
  if (facts.isByProgram && facts.attempts.some(isTried)) {
    const look = `${program} output ${shellWord(runDir)} ${facts.case}`;
    lines.push(`${style.dim('what it printed')}  ${look}, with --stderr its standard error`);
  }
  lines.push(
    isGood
      ? `${style.dim('compute it again')}  ${program} resume ${shellWord(runDir)} --retry ${facts.case}`
      : facts.attempts.some(({ isCounted }) => isCounted)
        ? `${style.dim('try it again')}  ${program} resume ${shellWord(runDir)} --retry ${facts.case}${optionsOf(facts)}`
        : facts.isLive
          ? `${style.dim('look on')}  ${program} watch ${shellWord(runDir)}`
          : `${style.dim('compute it')}  ${program} resume ${shellWord(runDir)}`,
  );
  return lines.join('\n');
}

/** By how it failed last. */
function optionsOf({ attempts }: CaseExplanation): string {
  const failure = attempts.find(({ isCounted }) => isCounted)?.failure;
  return failure ? retryOptions(failure) : '';
}

function stateText({ state, isLive }: CaseExplanation): string {
  return isLive && state === 'in flight' ? 'handed out, and not back yet' : stateTexts[state];
}

const stateTexts = {
  completed: 'completed',
  failed: 'failed',
  timeout: 'ran into its time limit',
  cancelled: 'cancelled',
  'in flight': 'handed out, and not back when the session ended',
  waiting: 'not computed yet',
} as const satisfies Record<CaseExplanation['state'], string>;

function valueLines(title: string, values: readonly NamedValue[], style: Style): string[] {
  if (values.length === 0) return [];
  const width = Math.max(...values.map(({ name }) => name.length));
  return [
    '',
    style.bold(title),
    ...values.map(({ name, unit, value }) => `  ${name.padEnd(width)}  ${value}${unit ? ` ${unit}` : ''}`),
  ];
}

/** The row of a case that was never computed has attempt 0. */
function isTried({ attempt }: AttemptFacts): boolean {
  return attempt > 0;
}

function attemptLines(facts: AttemptFacts, isLast: boolean): string[] {
  const { failure } = facts;
  const lines = [isTried(facts) ? `  ${attemptText(facts, isLast)}` : '  never computed'];
  if (failure) {
    lines.push(`    ${failure.type}: ${failure.message}`);
    lines.push(...newLines(failure).map((line) => `    ${line.trimEnd()}`));
  }
  return lines;
}

/** A traceback may begin with the message; the last words of a worker, and how far a case was, do not. */
function newLines({ message, traceback }: NonNullable<AttemptFacts['failure']>): readonly string[] {
  const lines = traceback?.split('\n') ?? [];
  const [told] = message.split('\n');
  return told && lines[0]?.includes(told) ? lines.slice(1) : lines;
}

function attemptText(facts: AttemptFacts, isLast: boolean): string {
  const { attempt, calculator, worker, host, start, elapsedMs, chunkCases, isCounted } = facts;
  const by = calculator === undefined ? '' : ` by ${calculator}`;
  const where = host === undefined ? `worker ${worker}` : `worker ${worker} on ${host}`;
  const time = elapsedMs === null ? 'for an unknown time' : formatDuration(elapsedMs);
  const chunk = chunkCases === 1 ? '' : ` for its chunk of ${plural(chunkCases, 'case')}`;
  const ending = isCounted ? '' : isLast ? ' (withdrawn)' : ' (tried again)';
  return `attempt ${attempt}${by}: ${where}, ${start}, ${time}${chunk}${ending}`;
}
