/** What a run of a study would be: cases, bytes, shares of the ranks and, where cases have been timed, its length. */
import { bytesPerElement, type ColumnSpec, elements } from '../codec/columns.js';
import type { Kernel } from '../kernels/kernel.js';
import type { Strategy } from '../study/study.js';
import type { SummaryLine } from '../study/summary.js';
import { formatBytes, formatCount, formatDuration, plural } from './figures.js';
import type { Style } from './style.js';

export interface PlanRequest {
  readonly name: string;
  readonly cases: number;
  /** Cases that the run directory holds already. */
  readonly done: number;
  readonly ranks: number;
  readonly strategy: Strategy;
  readonly chunk: number | 'auto';
  readonly inputs: readonly ColumnSpec[];
  readonly outputs: readonly ColumnSpec[];
  readonly kernelForm: Kernel['form'];
  /** Mean time of a case in earlier sessions of this run; undefined when none has been computed. */
  readonly caseMs: number | undefined;
}

export interface Plan {
  readonly name: string;
  readonly cases: number;
  readonly done: number;
  readonly remaining: number;
  readonly ranks: number;
  readonly strategy: Strategy;
  readonly chunk: number | 'auto';
  readonly kernelForm: Kernel['form'];
  /** Bytes of one case's numbers; text and ragged values are not counted. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** Bytes that all results take in the journal. */
  readonly journalBytes: number;
  /** Most cases that one rank gets when every case costs the same. */
  readonly casesPerRank: number;
  /** Computing time of what remains, over all ranks, and the length of the run. Absent when nothing was timed. */
  readonly costMs?: number;
  readonly makespanMs?: number;
}

export function planOf(request: PlanRequest): Plan {
  const { cases, done, ranks, caseMs, inputs, outputs, name, strategy, chunk, kernelForm } = request;
  const remaining = cases - done;
  const inputBytes = bytesOf(inputs);
  const outputBytes = bytesOf(outputs);
  const casesPerRank = Math.ceil(remaining / ranks);
  const times = caseMs === undefined ? {} : { costMs: remaining * caseMs, makespanMs: casesPerRank * caseMs };
  return {
    ...{ name, cases, done, remaining, ranks, strategy, chunk, kernelForm },
    ...{ inputBytes, outputBytes, journalBytes: cases * outputBytes, casesPerRank },
    ...times,
  };
}

function bytesOf(specs: readonly ColumnSpec[]): number {
  return specs.reduce((sum, spec) => sum + elements(spec) * bytesPerElement[spec.dtype], 0);
}

/** Lines of text, without a line end behind the last. */
export function formatPlan(plan: Plan, study: readonly SummaryLine[], style: Style): string {
  const rows: [string, string][] = study.map(({ label, text }) => [label, text]);
  const form = { c: 'C', typescript: 'TypeScript', command: 'a program a case' }[plan.kernelForm];
  rows.push(
    ['form', form],
    ['a case', `${formatBytes(plan.inputBytes)} in, ${formatBytes(plan.outputBytes)} out`],
    ['all results', `${formatBytes(plan.journalBytes)} in the journal`],
    ['done', `${formatCount(plan.done)}, ${formatCount(plan.remaining)} to compute`],
    ['ranks', `${plan.ranks}, about ${plural(plan.casesPerRank, 'case')} each`],
    [
      'handed out',
      `${plan.strategy}, ${plan.chunk === 'auto' ? 'chunk size found at run time' : `${plural(plan.chunk, 'case')} a chunk`}`,
    ],
  );
  if (plan.costMs !== undefined && plan.makespanMs !== undefined) {
    rows.push(
      ['computing', `${formatDuration(plan.costMs)} of one core, by what cases have taken so far`],
      ['length', `${formatDuration(plan.makespanMs)} on ${plural(plan.ranks, 'free core')}`],
    );
  } else {
    rows.push(['length', 'unknown until cases have been computed: run a few with --limit and plan again']);
  }
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => `${style.bold(label.padEnd(width))}  ${text}`).join('\n');
}
