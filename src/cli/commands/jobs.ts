import { clock } from '../../launch/slurm/jobs/ends.js';
import type { Followed } from '../../launch/slurm/submit/follow.js';
import { cellsOf, padded } from '../../observe/cells.js';
import { formatCount, formatPercent } from '../../observe/figures.js';
import type { Style } from '../../observe/style.js';
import { type Command, hasFlag } from '../command.js';
import { type JobFacts, jobFacts } from '../job-facts.js';
import { shownPath } from '../paths.js';
import { outputStyle } from '../reporting.js';
import { hostOption, withDesk } from '../submissions.js';

/** A submission that ended longer ago is shown by --all. */
const recentMs = 7 * 86_400_000;

export const jobsCommand: Command = {
  name: 'jobs',
  describe:
    'Lists what you have submitted, newest first: the state of each job, why it waits or how it ended, and how far its ' +
    'run is.',
  positionals: {},
  options: {
    ...hostOption,
    all: { describe: 'Those too that ended more than a week ago.', isFlag: true },
    json: { describe: 'As one JSON document.', isFlag: true },
  },
  handle: (args, context) =>
    withDesk(args, context, async (desk) => {
      const isWanted = ({ submission, phase }: Pick<Followed, 'submission' | 'phase'>): boolean =>
        phase !== 'ended' || hasFlag(args, 'all') || Date.now() - Date.parse(submission.created) < recentMs;
      const submissions = desk
        .submissions()
        .filter((submission) => isWanted({ submission, phase: submission.end ? 'ended' : 'unknown' }));
      const followed = submissions.length === 0 ? [] : (await desk.follow(submissions)).filter(isWanted);
      const facts: JobFacts[] = [];
      for (const each of followed) facts.push(await jobFacts(desk.host, each));
      const text = hasFlag(args, 'json')
        ? JSON.stringify(facts, null, 2)
        : facts.length === 0
          ? 'nothing was submitted'
          : table(facts, context.cwd, outputStyle(context)).join('\n');
      context.stdout.write(`${text}\n`);
      return 0;
    }),
};

function table(facts: readonly JobFacts[], cwd: string, style: Style): string[] {
  const rows = [['job', 'study', 'state', 'time', 'nodes', 'done'], ...facts.map(cells)];
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => cellsOf(row[i] ?? '')))) ?? [];
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => padded(text, widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    style.dim(line(rows[0] ?? [])),
    ...facts.flatMap((each, i) => [
      paint(each, style)(line(rows[i + 1] ?? [])),
      `    ${each.words}`,
      ...(each.hint === undefined ? [] : [`    ${style.dim(each.hint)}`]),
      `    ${style.dim(shownPath(each.runDir, cwd))}`,
    ]),
  ];
}

function cells({ jobId, name, state, elapsedMs, limitMs, nodeCount, run }: JobFacts): readonly string[] {
  const limit = limitMs === undefined ? '' : ` of ${clock(limitMs)}`;
  const done = run
    ? `${formatCount(run.done)}/${formatCount(run.cases)} (${formatPercent(run.done, run.cases)})`
    : '-';
  return [
    ...[jobId ?? '-', name, state, elapsedMs === undefined ? '-' : `${clock(elapsedMs)}${limit}`],
    ...[nodeCount === undefined ? '-' : String(nodeCount), done],
  ];
}

function paint({ phase, state }: JobFacts, style: Style): (text: string) => string {
  if (phase === 'running') return style.accent;
  if (phase !== 'ended') return (text) => text;
  return state === 'COMPLETED' ? style.good : style.bad;
}
