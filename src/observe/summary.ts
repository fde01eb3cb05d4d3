/** What a run ends with: what was done, what failed and how to try it again, where the results lie. */
import { join } from 'node:path';
import { shortLibraryName } from '../mpi/library-name.js';
import { shellWord } from '../process/spawn/shell-word.js';
import type { FailureKind, RunOutcome } from '../runtime/api.js';
import { formatEfficiency } from './efficiency.js';
import { formatCount, formatDuration, formatRate, plural } from './figures.js';
import { predictionLine } from './prediction.js';
import { retryAllWord, retryOptions } from './retry-words.js';
import type { Style } from './style.js';

export interface SummaryContext {
  /** The study's name. */
  readonly name: string;
  /** How the user calls this program: `shoal`, or `node dist/main.js`. */
  readonly program: string;
  /** The run directory as the user would type it from the current folder. */
  readonly runDir: string;
  readonly style: Style;
}

/** Kinds of failure shown; more than these are counted in one line. */
const shownKinds = 8;
/** Cells for what a failed case said: enough for a sentence, short enough for one line. */
const messageCells = 100;

/** Lines of text, without a line end behind the last. */
export function formatSummary(outcome: RunOutcome, context: SummaryContext): string {
  const sections = [
    headline(outcome, context),
    failureLines(outcome, context),
    verificationLines(outcome, context),
    resultLines(outcome, context),
    nextLines(outcome, context),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function headline(outcome: RunOutcome, { name, style }: SummaryContext): string[] {
  const { state, total, done, failed, computedNow, elapsedMs } = outcome;
  const completed = done - failed;
  const isGood = state === 'completed' && failed === 0;
  const [good, bad] = style.isUnicode ? ['✓', '✗'] : ['OK', '!!'];
  const mark = isGood ? style.good(good) : style.bad(bad);
  const counts =
    completed === total
      ? `${plural(total, 'case')} completed`
      : `${formatCount(completed)} of ${plural(total, 'case')} completed`;
  const parts = [counts];
  if (failed > 0) parts.push(style.bad(`${formatCount(failed)} failed`));
  if (done < total) parts.push(`${formatCount(total - done)} not done`);
  const ending = state === 'interrupted' ? ' (interrupted)' : '';
  const lines = [`${mark} ${style.bold(name)}: ${parts.join(', ')}${ending}`];
  if (outcome.reason !== undefined) lines.push(`  ${outcome.reason}`);
  lines.push(
    computedNow > 0
      ? `  ${plural(computedNow, 'case')} computed now in ${formatDuration(elapsedMs)}${rateOf(outcome)}, ${placeOf(outcome)}`
      : '  Nothing was computed now: what is done is never computed twice',
  );
  const { ranks, sessionStatistics } = outcome;
  const efficiency = sessionStatistics ? formatEfficiency(sessionStatistics, ranks) : '';
  if (efficiency !== '') lines.push(`  ${efficiency}`);
  const prediction = predictionLine(outcome.prediction);
  if (prediction !== undefined) lines.push(`  ${prediction}`);
  return lines;
}

function rateOf({ computedNow, elapsedMs }: RunOutcome): string {
  return elapsedMs > 0 ? ` (${formatRate(computedNow / (elapsedMs / 1000))})` : '';
}

const formTexts = {
  c: 'C kernel',
  typescript: 'TypeScript kernel',
  command: 'a program a case',
  mixed: 'kernels in turn',
} as const satisfies Record<RunOutcome['kernelForm'], string>;

function placeOf({ ranks, coordinators, transport, mpiLibrary, kernelForm }: RunOutcome): string {
  const form = formTexts[kernelForm];
  if (transport === 'inline') return `in this process, ${form}`;
  const carrier = transport === 'mpi' ? shortLibraryName(mpiLibrary ?? 'MPI') : 'local processes';
  const through = coordinators ? ` through ${plural(coordinators, 'node coordinator')}` : '';
  return `${plural(ranks, 'rank')} over ${carrier}${through}, ${form}`;
}

function failureLines({ failures }: RunOutcome, context: SummaryContext): string[] {
  if (failures.length === 0) return [];
  const shown = failures.slice(0, shownKinds);
  const lines = [context.style.bold('Failures')];
  for (const failure of shown) lines.push(...failureKindLines(failure, context));
  const rest = failures.slice(shownKinds);
  if (rest.length > 0) {
    const cases = rest.reduce((sum, { count }) => sum + count, 0);
    lines.push(`  and ${plural(rest.length, 'more kind')} with ${plural(cases, 'case')}`);
  }
  return lines;
}

function failureKindLines(failure: FailureKind, { program, runDir, style }: SummaryContext): string[] {
  const { status, type, count, example, message } = failure;
  const kind = type === status ? status : `${status} ${type}`;
  const which = count === 1 ? '' : `${plural(count, 'case')}, the first is `;
  const resume = `${program} resume ${shellWord(runDir)} --retry`;
  const all = retryAllWord(failure);
  const options = retryOptions(failure);
  return [
    `  ${style.bad(kind)}: ${which}case ${example}: ${oneLine(message)}`,
    `    ${style.dim('look')}       ${program} explain ${shellWord(runDir)} ${example}`,
    `    ${style.dim(count === 1 ? 'try again' : 'try one  ')}  ${resume} ${example}${options}`,
    ...(all === undefined ? [] : [`    ${style.dim('try all')}    ${resume} ${shellWord(all)}${options}`]),
  ];
}

function oneLine(message: string): string {
  const text = message.replaceAll(/\s+/g, ' ').trim();
  return text.length > messageCells ? `${text.slice(0, messageCells - 3)}...` : text;
}

function verificationLines({ verified }: RunOutcome, { style }: SummaryContext): string[] {
  if (!verified) return [];
  const { cases, different } = verified;
  if (different.length === 0) {
    return [`${style.good('Verified')}: ${plural(cases, 'case')} computed again, every bit the same`];
  }
  const listed = different.slice(0, 10).join(', ');
  const more = different.length > 10 ? ', …' : '';
  return [
    `${style.bad('Verification failed')}: ${formatCount(different.length)} of ${plural(cases, 'case')} ` +
      `computed again differ: ${listed}${more}`,
  ];
}

function resultLines({ files }: RunOutcome, { runDir, style }: SummaryContext): string[] {
  if (files.length === 0) return [];
  return [style.bold('Results'), ...files.map((file) => `  ${join(runDir, file)}`)];
}

function nextLines(outcome: RunOutcome, context: SummaryContext): string[] {
  const { program, style } = context;
  const runDir = shellWord(context.runDir);
  const lines: [string, string][] = [];
  if (outcome.done < outcome.total || outcome.state === 'interrupted') {
    lines.push(['continue', `${program} resume ${runDir}`]);
  }
  if (outcome.failures.some(({ status }) => status === 'failed')) {
    lines.push(['all failed ones again', `${program} resume ${runDir} --retry failed`]);
  }
  if (outcome.failures.some(({ status }) => status === 'timeout')) {
    lines.push(['all timeouts again', `${program} resume ${runDir} --retry timeout`]);
  }
  if (lines.length === 0) return [];
  const width = Math.max(...lines.map(([label]) => label.length));
  return [
    style.bold('Next'),
    ...lines.map(([label, command]) => `  ${style.dim(label.padEnd(width))}  ${command}`),
  ];
}
