/** The report as one page that needs nothing from outside it, and no script. */
import { cleaned } from '../cells.js';
import { formatFactor } from '../efficiency.js';
import { formatCount, formatDuration, formatPercent, plural } from '../figures.js';
import { predictionLine } from '../prediction.js';
import type { RunState } from '../status.js';
import type { ReportedFailure, ReportedSession, ReportFacts } from './facts.js';
import { histogramSvg, shortDuration } from './histogram-svg.js';
import { type Content, type Html, html, nothing, raw, table } from './html.js';
import { styles } from './styles.js';

export interface Pictures {
  /** SVG; undefined where nothing was computed. */
  readonly timeline: string | undefined;
  /** The answer's figure, SVG. */
  readonly figure: string | undefined;
}

export function reportPage(facts: ReportFacts, pictures: Pictures): string {
  const { name, runDir, writtenAt, state } = facts;
  const page = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}: report</title>
<style>${raw(styles)}</style>
</head>
<body>
<main>
<header><h1>${name}</h1>${stateBadge(state)}</header>
<p class="where">${runDir}</p>
${cards(facts)}
${nextSteps(facts)}
${failures(facts.failures)}
${timeline(pictures.timeline)}
<div class="two">
${statistics(facts)}
${distribution(facts)}
</div>
${slowest(facts)}
${sessions(facts.sessions)}
${answer(pictures.figure)}
<div class="two">
${study(facts)}
${files(facts)}
</div>
<footer>Written ${timeText(writtenAt)}. Open <a href="trace.json">trace.json</a> in Perfetto or chrome://tracing for every block of every rank.</footer>
</main>
</body>
</html>
`;
  return page.html;
}

const stateTexts = {
  completed: 'completed',
  running: 'running',
  new: 'not started',
  interrupted: 'not complete',
  'broken off': 'broken off',
  elsewhere: 'in use on another host',
} as const satisfies Record<RunState, string>;

function stateBadge(state: RunState): Html {
  const tone =
    state === 'completed' ? 'good' : state === 'interrupted' || state === 'broken off' ? 'bad' : 'quiet';
  return html`<span class="state ${tone}">${stateTexts[state]}</span>`;
}

function cards({ cases, done, statistics }: ReportFacts): Html {
  const { failed, timeout, cancelled, totalTimeMs, utilisation, speedup, successful } = statistics;
  const bad = failed + timeout + cancelled;
  const card = (value: Content, text: string, tone = ''): Html =>
    html`<div class="card"><b class="${tone}">${value}</b><span>${text}</span></div>`;
  const list = [
    card(formatCount(successful), `of ${plural(cases, 'case')} completed`),
    card(formatCount(bad), 'did not complete', bad > 0 ? 'bad' : ''),
    ...(done < cases ? [card(formatCount(cases - done), 'not done')] : []),
    card(formatDuration(totalTimeMs), 'in all sessions'),
    card(formatPercent(utilisation, 1), 'of their time ranks were busy'),
    card(`${formatFactor(speedup)} ×`, 'as fast as one rank'),
  ];
  return html`<div class="cards">${list}</div>`;
}

function nextSteps({ next }: ReportFacts): Html {
  if (next.length === 0) return nothing;
  return html`<section><h2>Next</h2><dl>${next.map(
    ({ label, command }) => html`<dt>${label}</dt><dd><code>${command}</code></dd>`,
  )}</dl></section>`;
}

function failures(kinds: readonly ReportedFailure[]): Html {
  if (kinds.length === 0) return nothing;
  const rows = kinds.map(({ status, type, count, example, message, explain, retry, retryAll }) => [
    html`<span class="bad">${type === status ? status : `${status} ${type}`}</span>`,
    formatCount(count),
    html`case ${example}: ${cleaned(message)}
<div class="commands"><div><span>look</span> <code>${explain}</code></div><div><span>${retryAll === undefined ? 'try again' : 'try one'}</span> <code>${retry}</code></div>${
      retryAll === undefined ? nothing : html`<div><span>try all</span> <code>${retryAll}</code></div>`
    }</div>`,
  ]);
  const columns = [
    { title: 'kind' },
    { title: 'cases', isNumber: true as const },
    { title: 'the first of them' },
  ];
  return html`<section><h2>Failures</h2>${table(columns, rows)}</section>`;
}

function timeline(picture: string | undefined): Html {
  if (picture === undefined) return nothing;
  return html`<section><h2>Ranks over time</h2>${raw(picture)}
<p class="quiet">Filled as high as the part of the time in which a rank computed; red below: cases that did not complete.</p></section>`;
}

function statistics({ statistics: figures, caseTimes }: ReportFacts): Html {
  const { overhead, ranks } = figures;
  const busiest = ranks.reduce((most, { busyMs }) => Math.max(most, busyMs), 0);
  const idlest = ranks.reduce((least, { busyMs }) => Math.min(least, busyMs), busiest);
  const rows: [string, Content][] = [
    ['completed', formatCount(figures.successful)],
    ['failed', formatCount(figures.failed)],
    ['timed out', `${formatCount(figures.timeout)}${attemptsText(figures)}`],
    ['cancelled', formatCount(figures.cancelled)],
    ['retries', formatCount(figures.retries)],
    ['time of a case', `${shortDuration(figures.avgTaskTimeMs)} on average`],
    ['', rangeText(shortDuration(figures.minTaskTimeMs), shortDuration(figures.maxTaskTimeMs))],
    [
      '',
      `half of them up to ${shortDuration(caseTimes.medianMs)}, 95 % up to ${shortDuration(caseTimes.p95Ms)}`,
    ],
    ['time of all cases', `${formatDuration(figures.taskTimeMs)} of computing`],
    ['length', formatDuration(figures.totalTimeMs)],
    ['speed-up', `${formatFactor(figures.speedup)} times one rank`],
    ['ranks were busy', `${(figures.utilisation * 100).toFixed(1)} % of their time`],
    ['busy time of a rank', rangeText(formatDuration(idlest), formatDuration(busiest))],
    ['not computing', `${formatDuration(overhead.totalMs)} of rank time:`],
    ['', `${formatDuration(overhead.startMs)} before a rank’s first case`],
    ['', `${formatDuration(overhead.betweenMs)} between cases`],
    ['', `${formatDuration(overhead.endMs)} behind its last`],
  ];
  return html`<section><h2>Execution</h2><dl>${rows.map(
    ([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>
`,
  )}</dl></section>`;
}

/** Of attempts that took too long and that another one followed. */
function attemptsText({ timeout, timeouts }: ReportFacts['statistics']): string {
  return timeouts > timeout ? `, and ${plural(timeouts - timeout, 'attempt')} that another one followed` : '';
}

const rangeText = (from: string, to: string): string => (from === to ? from : `${from} to ${to}`);

function distribution({ caseTimes }: ReportFacts): Html {
  if (caseTimes.bins.length === 0) return nothing;
  return html`<section><h2>How long cases took</h2>${raw(histogramSvg(caseTimes))}
<p class="quiet">${plural(caseTimes.cases, 'case')}; the dashed line is the median. Cases that were computed together have their mean.</p></section>`;
}

function slowest({ slowest: cases }: ReportFacts): Html {
  if (cases.length === 0) return nothing;
  const columns = [
    { title: 'case' },
    { title: 'time', isNumber: true as const },
    { title: 'attempt', isNumber: true as const },
    { title: 'rank', isNumber: true as const },
    { title: 'host' },
  ];
  const shown = cases.slice(0, 10);
  const rows = (list: typeof cases): Content[][] =>
    list.map(({ first, count, caseMs, attempt, worker, host }) => [
      count === 1 ? formatCount(first) : `${formatCount(first)} – ${formatCount(first + count - 1)}, each`,
      shortDuration(caseMs),
      attempt,
      worker,
      host ?? '',
    ]);
  const rest = cases.slice(shown.length);
  const more =
    rest.length === 0
      ? nothing
      : html`<details><summary>and ${rest.length} more</summary>${table(columns, rows(rest))}</details>`;
  return html`<section><h2>Slowest cases</h2>${table(columns, rows(shown))}${more}</section>`;
}

function sessions(list: readonly ReportedSession[]): Html {
  if (list.length === 0) return nothing;
  const columns = [
    { title: '#', isNumber: true as const },
    { title: 'start' },
    { title: 'length', isNumber: true as const },
    { title: 'ended' },
    { title: 'cases', isNumber: true as const },
    { title: 'ranks', isNumber: true as const },
    { title: 'busy', isNumber: true as const },
    { title: 'with' },
  ];
  const rows = list.map((session) => [
    session.session,
    html`<span class="whole">${timeText(session.start)}</span>`,
    formatDuration(session.statistics.totalTimeMs),
    html`<span class="whole">${session.state}</span>`,
    formatCount(session.statistics.totalTasks),
    session.ranks,
    formatPercent(session.statistics.utilisation, 1),
    html`${withText(session)}${prediction(session)}${details(session)}`,
  ]);
  return html`<section><h2>Sessions</h2>${table(columns, rows)}</section>`;
}

/** Versions and places, those that most runs have first. */
function withText({ facts, hosts }: ReportedSession): string {
  const { version, node, mpiLibrary, transport, strategy, kernelForm } = facts;
  const carrier =
    typeof mpiLibrary === 'string' ? mpiLibrary : transport === 'local' ? 'local processes' : transport;
  return [
    version && `shoal ${version}`,
    node && `Node ${node}`,
    carrier,
    kernelForm === 'c' ? 'C kernel' : kernelForm === 'typescript' ? 'TypeScript kernel' : undefined,
    strategy,
    hosts.length > 3
      ? `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more hosts`
      : hosts.join(', '),
  ]
    .filter((text) => typeof text === 'string' && text !== '')
    .join(', ');
}

function prediction(session: ReportedSession): Html {
  const line = predictionLine(session.prediction);
  return line === undefined ? nothing : html`<div class="quiet">${line}</div>`;
}

function details({ notices, lost }: ReportedSession): Html {
  const lines = [
    ...lost.map(({ at, worker, how }) => ({ at, text: `rank ${worker} ${how}` })),
    ...notices.map(({ at, message }) => ({ at, text: message })),
  ].sort((a, b) => (a.at < b.at ? -1 : 1));
  if (lines.length === 0) return nothing;
  return html`<details><summary>${plural(lines.length, 'notice')}</summary><ul>${lines.map(
    ({ at, text }) => html`<li><span class="quiet">${timeText(at)}</span> ${cleaned(text)}</li>`,
  )}</ul></details>`;
}

function answer(figure: string | undefined): Html {
  if (figure === undefined) return nothing;
  const data = Buffer.from(figure).toString('base64');
  return html`<section><h2>Answer</h2><div class="figure"><img alt="The answer’s figure" src="data:image/svg+xml;base64,${data}"></div></section>`;
}

function study({ study: lines }: ReportFacts): Html {
  return html`<section><h2>Study</h2><dl>${lines.map(
    ({ label, text }) => html`<dt>${label}</dt><dd>${text}</dd>
`,
  )}</dl></section>`;
}

function files({ files: list }: ReportFacts): Html {
  const links = list.map(
    (file) => html`<li><a href="${encodeURI(file)}">${file}</a></li>
`,
  );
  return html`<section><h2>Files</h2><ul>${links}<li><a href="trace.json">trace.json</a></li></ul></section>`;
}

/** `2026-01-01 10:00:08 UTC`. */
function timeText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
