/** `manybody validate INPUT`: a parallel run held against a sequential one, number by number. */
import { InputError } from '../../errors/input-error.js';
import { plural } from '../../observe/figures.js';
import { agree, agreementLines, verdict } from '../../observe/trials/agreement.js';
import { speedLines, speedsOf } from '../../observe/trials/speed.js';
import { availableCores } from '../../process/node/cores.js';
import { agreementsOf } from '../../results/agreement.js';
import type { SolverRun } from '../../study/solver.js';
import { type Arguments, type Command, countOption, hasFlag, textOption } from '../command.js';
import type { CommandContext } from '../context.js';
import { trialOptions } from './trial-options.js';
import { type Trial, Trials } from './trials.js';

export function validateCommand(solverRun: SolverRun): Command {
  const domain = solverRun.name.split(' ')[0];
  return {
    name: `${domain} validate`,
    describe:
      'Runs it sequentially and in parallel, each in a run directory of its own, and compares every result and all that ' +
      'they add up to. Ends with 1 where they differ.',
    positionals: { INPUT: solverRun.input },
    options: {
      ranks: {
        describe: 'Processes of the parallel run; by default one for each core, and at least two.',
        value: 'N',
      },
      tolerance: {
        describe:
          'Largest difference that is none, in the units of the results; by default 0: every bit must be the same.',
        value: 'X',
      },
      ...trialOptions,
    },
    isFromEnvironment: true,
    handle: async (args, context) => {
      const ranks = countOption(args, 'ranks', 1) ?? Math.max(2, availableCores());
      const tolerance = toleranceOption(args) ?? 0;
      const trials = new Trials(solverRun, args, context);
      try {
        const sequential = await trials.run('sequential', 'sequential');
        if (sequential.kind === 'none') return sequential.code;
        const parallel = await trials.run('parallel', ranks);
        return parallel.kind === 'none'
          ? parallel.code
          : report(sequential, parallel, tolerance, args, context);
      } finally {
        trials.close();
      }
    },
  };
}

export function toleranceOption(args: Arguments): number | undefined {
  const text = textOption(args, 'tolerance');
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new InputError('--tolerance cannot be used', {
    expected: 'a number that is not negative, like 1e-10',
    given: JSON.stringify(text),
  });
}

function report(
  sequential: Trial,
  parallel: Trial,
  tolerance: number,
  args: Arguments,
  { stdout }: CommandContext,
): number {
  const agreements = agreementsOf(sequential.numbers, parallel.numbers, tolerance);
  const isSame = agree(agreements);
  const runs = [sequential, parallel];
  const isComplete = runs.every(({ failed }) => failed === 0);
  const names = ['sequential', plural(parallel.ranks, 'rank')];
  const timings = runs.map(({ ranks, seconds, caseSeconds }, i) => ({
    ...{ name: names[i] as string, ranks, seconds, caseSeconds },
  }));
  const speeds = speedsOf(timings);
  const { study, cases } = sequential;
  const document = { study, cases, tolerance, isSame, isComplete, agreements, runs: speeds };
  const failures = runs.flatMap(({ failed, failure }, i) =>
    failed > 0 ? [`${names[i]}: ${failed} of ${cases} failed, the first with ${failure}`] : [],
  );
  const lines = [
    `${study}: ${plural(cases, 'calculation')}, sequentially and on ${names[1]}`,
    '',
    ...agreementLines(agreements),
    '',
    ...speedLines(speeds),
    '',
    ...failures,
    verdict(agreements, tolerance),
  ];
  stdout.write(`${hasFlag(args, 'json') ? JSON.stringify(document, undefined, 2) : lines.join('\n')}\n`);
  return isSame && isComplete ? 0 : 1;
}
