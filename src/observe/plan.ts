/** What a run of a study would be, for people: sizes, what is known of times, and how each strategy would end. */
import type { Plan, RanksForecast } from '../runtime/plan.js';
import { amountsOf, amountsText } from '../schedule/tasks/hosts.js';
import { bytesText } from '../study/quantities.js';
import { strategies } from '../study/study.js';
import type { SummaryLine } from '../study/summary.js';
import { formatBytes, formatCount, formatDuration, plural } from './figures.js';
import { formatScatter } from './prediction.js';
import type { Style } from './style.js';

/** Lines of text, without a line end behind the last. */
export function formatPlan(plan: Plan, study: readonly SummaryLine[], style: Style): string {
  const rows: (readonly [string, string])[] = [
    ...study.map(({ label, text }) => [label, text] as const),
    ['form', formTexts[plan.kernelForm]],
    ['a case', `${formatBytes(plan.inputBytes)} in, ${formatBytes(plan.outputBytes)} out`],
    ['all results', `${formatBytes(plan.journalBytes)} in the journal`],
    ['done', `${formatCount(plan.done)}, ${formatCount(plan.remaining)} to compute`],
    ...(plan.memory ? [['memory', memoryText(plan.memory)] as const] : []),
    ['handed out', `${plan.strategy}, ${chunkText(plan.chunk)}`],
    ...(plan.site ? [['site', siteText(plan.site)] as const] : []),
    ['costs', costText(plan)],
    ['times', timesText(plan)],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, text]) => `${style.bold(label.padEnd(width))}  ${text}`);
  return [...lines, ...(plan.forecasts.length > 0 ? ['', ...forecastLines(plan, style)] : [])].join('\n');
}

const formTexts = {
  c: 'C',
  typescript: 'TypeScript',
  command: 'a program a case',
  mixed: 'several in turn',
} as const satisfies Record<Plan['kernelForm'], string>;

/** Attempts with the same limit as the one before are told once. */
function memoryText({ limitBytes, workers, laterBytes }: NonNullable<Plan['memory']>): string {
  const limits = [...new Set(laterBytes)].filter((bytes) => bytes > limitBytes).map(bytesText);
  const shown = limits.length > 4 ? [...limits.slice(0, 3), '…', ...limits.slice(-1)] : limits;
  const later = limits.length === 0 ? '' : `; a case that needs more is tried again with ${shown.join(', ')}`;
  return `${bytesText(limitBytes)} a worker, room for ${formatCount(workers)} here${later}`;
}

function chunkText(chunk: number | 'auto'): string {
  return chunk === 'auto' ? 'chunk size found at run time' : `${plural(chunk, 'case')} a chunk`;
}

function siteText({ name, nodes, ranks }: NonNullable<Plan['site']>): string {
  return `${name}: ${plural(nodes, 'node')}, ${plural(ranks, 'rank')}`;
}

function costText({ cost, exponents }: Plan): string {
  switch (cost?.kind) {
    case undefined:
      return 'the same for all cases';
    case 'known':
      return cost.formula;
    case 'features': {
      if (!exponents) return `product of ${cost.formulas.join(', ')}, until it is learned how they matter`;
      if (exponents.every((exponent) => exponent === 0))
        return `do not depend on ${cost.formulas.join(', ')}`;
      const factors = cost.formulas.map((formula, i) => `${factorText(formula)}^${exponents[i]!.toFixed(2)}`);
      return `${factors.join(' · ')}, as learned`;
    }
    default:
      return cost satisfies never;
  }
}

function factorText(formula: string): string {
  return /^\w+$/.test(formula) ? formula : `(${formula})`;
}

function timesText({ times, total, longest, remaining }: Plan): string {
  if (!times) return 'unknown until cases have been computed: run a few with --limit and plan again';
  const error = times.scatter === undefined ? '' : `, to ${formatScatter(times.scatter)}`;
  const from = `of ${plural(times.cases, 'case')} of ${times.source}${error}`;
  if (remaining === 0) return from;
  const figures = [
    `${formatDuration(total)} in all`,
    `${formatDuration(total / remaining)} a case`,
    `${formatDuration(longest)} the longest`,
  ];
  return `${figures.join(', ')}, by times ${from}`;
}

function forecastLines(plan: Plan, style: Style): string[] {
  const { forecasts, strategy, unit } = plan;
  const columns = forecasts.map((forecast) => columnOf(forecast, unit));
  const names = strategies.map((name) => (name === strategy ? `${name} (asked for)` : name));
  const labels = ['', ...names, 'best', 'no schedule before'];
  const width = Math.max(...labels.map((label) => label.length));
  const rows = labels.map((label, row) => {
    const cells = columns.map(({ cells: own, width: wide }) => own[row]!.padStart(wide + 3));
    return `  ${label.padEnd(width)}${cells.join('')}`.trimEnd();
  });
  const head = `Predicted length of the run${unit === 'ms' ? '' : ', in mean cases'}`;
  return [style.bold(head), ...rows, ...notes(plan)];
}

/** Its head, each strategy, the best one and the bound. */
function columnOf(
  { ranks, runs, best, bound }: RanksForecast,
  unit: Plan['unit'],
): { readonly cells: readonly string[]; readonly width: number } {
  const length = (time: number): string => (unit === 'ms' ? formatDuration(time) : time.toFixed(1));
  const longest = Math.max(
    ...[...runs.map(({ makespan }) => makespan), bound].map((time) => length(time).length),
  );
  const timed = (time: number, part: string): string =>
    `${length(time).padStart(longest)} ${part.padStart(6)}`;
  const cells = [
    plural(ranks, 'rank'),
    ...runs.map(({ makespan, efficiency }) => timed(makespan, `${Math.round(efficiency * 100)} %`)),
    best,
    timed(bound, ''),
  ];
  return { cells, width: Math.max(...cells.map((cell) => cell.length)) };
}

/** Hosts that are named; of the others there is only their number. */
const named = 6;

function notes({ forecasts, unit, waits, host, hosts, site }: Plan): string[] {
  const lines = ['  per cent: of the time of all ranks that they compute'];
  if (unit !== 'ms') lines.push('  no time was measured yet: what messages cost is left out');
  if (waits === 'left out')
    lines.push('  what cases wait for, and what they occupy, is left out: they are too many');
  if (hosts) {
    const each = hosts.slice(0, named).map(({ name, ranks, ...owned }) => {
      return `${name} (${amountsText(amountsOf(owned))}, ${plural(ranks, 'rank')})`;
    });
    const rest = hosts.length > named ? [`${hosts.length - named} more`] : [];
    lines.push(
      `  on ${[...each, ...rest].join(', ')}: ${site ? `by the settings of the job at ${site.name}, and otherwise as this host` : 'taken to have a core for each rank, and memory and GPUs as this host'}`,
    );
  } else if (host) {
    const { ranks, ...owned } = host;
    lines.push(
      `  on hosts like this one, of ${amountsText(amountsOf(owned))}, ${plural(ranks, 'rank')} on each`,
    );
  }
  const unplaceable = Math.max(0, ...forecasts.map((forecast) => forecast.unplaceable));
  if (unplaceable > 0) {
    lines.push(
      `  left out: ${plural(unplaceable, 'case')} too large for such ${hosts ? 'hosts' : 'a host'}, or behind one that is`,
    );
  }
  for (const { ranks, coarse } of forecasts) {
    if (!coarse) continue;
    const { casesPerTask, workers } = coarse;
    const of =
      workers < ranks ? `${formatCount(workers)} of ${plural(ranks, 'rank')}` : plural(ranks, 'rank');
    lines.push(`  simulated for ${of}, ${plural(casesPerTask, 'case')} at once`);
  }
  return lines;
}
