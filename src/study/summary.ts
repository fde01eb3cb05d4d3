/** A study in a few lines for people: what computes, how many cases, where each value comes from. */
import type { ColumnSpec } from '../codec/columns.js';
import { shellWord } from '../process/spawn/shell-word.js';
import type { CasePlanDetail, Derived, Source } from './cases/plan.js';
import type { CommandCall } from './command/source.js';
import type { Distribution } from './sampling/distribution.js';
import type { KernelSource, Study } from './study.js';

export interface SummaryLine {
  readonly label: string;
  readonly text: string;
}

/** Lines in the order to print them: the study, its kernel, its cases, then one for each column. */
export function summarizeStudy(study: Study): readonly SummaryLine[] {
  const plan = study.cases as CasePlanDetail;
  return [
    { label: 'study', text: [study.name, study.description].filter(Boolean).join(': ') },
    { label: 'kernel', text: kernelText(study.kernel) },
    { label: 'cases', text: casesText(plan) },
    ...plan.columns.map((column, i) => ({ label: column.name, text: columnText(plan, column, i) })),
  ];
}

function kernelText(kernel: KernelSource): string {
  switch (kernel.kind) {
    case 'solver':
      return `${kernel.name} ${kernel.version} (built in)`;
    case 'module':
      return kernel.path;
    case 'library':
      return `${kernel.symbol} of ${kernel.path}`;
    case 'command':
      return commandText(kernel.call);
    case 'turns':
      return kernel.members.map(kernelText).join(', then ');
    default:
      return kernel satisfies never;
  }
}

function commandText(call: CommandCall): string {
  switch (call.kind) {
    case 'words':
      return call.words.map(shellWord).join(' ');
    case 'shell':
      return call.text;
    case 'line':
      return 'a command line a case';
    default:
      return call satisfies never;
  }
}

function casesText({ count, axes, sample }: CasePlanDetail): string {
  const grid = axes.length > 1 || (axes.length === 1 && sample) ? axes.map(grouped).join(' × ') : undefined;
  const draws = sample && `${grouped(sample.count)} ${methods[sample.method]}, seed ${sample.seed}`;
  const how = [grid, draws].filter(Boolean).join(' × ');
  return how ? `${grouped(count)} (${how})` : grouped(count);
}

const methods = {
  random: 'random draws',
  lhs: 'points of a Latin hypercube',
  sobol: 'scrambled Sobol points',
};

function columnText(plan: CasePlanDetail, column: ColumnSpec, index: number): string {
  const source = plan.sources[index];
  const [size] = column.shape;
  const vector = size === undefined ? '' : `, ${size} ${size === 1 ? 'element' : 'elements'}`;
  if (!source) return derivedText(plan.derived[index - plan.sources.length]!) + vector;
  return sourceText(source, plan.axes) + vector;
}

function sourceText(source: Source, axes: readonly number[]): string {
  switch (source.kind) {
    case 'constant':
      return listed(Array.from(source.numbers, String), source.numbers.length === 1);
    case 'constant-text':
      return `'${source.text}'`;
    case 'list':
    case 'list-text':
    case 'packed-text':
      return `${grouped(axes[source.axis]!)} listed values`;
    case 'linspace':
    case 'logspace':
      return `${source.start} … ${source.stop}, ${grouped(source.count)} values, ${source.kind}`;
    case 'draw':
      return distributionText(source.distribution);
    default:
      return source satisfies never;
  }
}

function distributionText(distribution: Distribution): string {
  switch (distribution.kind) {
    case 'uniform':
    case 'loguniform':
      return `${distribution.kind} ${distribution.min} … ${distribution.max}`;
    case 'normal':
    case 'lognormal': {
      const { kind, mean, std, min, max } = distribution;
      const base = kind === 'lognormal' ? `, base ${distribution.base}` : '';
      const cut = min === undefined && max === undefined ? '' : `, cut to ${min ?? '−∞'} … ${max ?? '∞'}`;
      return `${kind}, mean ${mean}, standard deviation ${std}${base}${cut}`;
    }
    default:
      return distribution satisfies never;
  }
}

/** A formula over whole vectors has one text for all its elements. */
function derivedText({ elements }: Derived): string {
  const texts = elements.map(({ text }) => text);
  const isOneFormula = texts.length === 1 || elements[1]!.element === 1;
  return `= ${listed(texts, isOneFormula)}`;
}

const longest = 8;

function listed(texts: readonly string[], isSingle: boolean): string {
  if (isSingle) return texts[0]!;
  const shown = texts.length > longest ? [...texts.slice(0, longest), '…'] : texts;
  return `[${shown.join(', ')}]`;
}

/** `100,000`. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
