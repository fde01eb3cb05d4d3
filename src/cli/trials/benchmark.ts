/** `manybody benchmark INPUT`: how long it takes on several numbers of ranks, and by another program. */
import { plural } from '../../observe/figures.js';
import { agree, verdict } from '../../observe/trials/agreement.js';
import { speedLines, speedsOf } from '../../observe/trials/speed.js';
import { availableCores } from '../../process/node/cores.js';
import { agreementsOf } from '../../results/agreement.js';
import type { SolverRun } from '../../study/solver.js';
import { type Arguments, type Command, countOption, countsOption, hasFlag } from '../command.js';
import type { CommandContext } from '../context.js';
import { interruptedCode } from '../failure.js';
import { type Contender, median, Rival } from './rival.js';
import { trialOptions } from './trial-options.js';
import { type Trial, Trials } from './trials.js';
import { toleranceOption } from './validate.js';

/** Others do not sum in our order, nor ask for as many digits. */
const usualTolerance = 1e-6;

export function benchmarkCommand(solverRun: SolverRun): Command {
  const { name, input, peer } = solverRun;
  return {
    name: `${name.split(' ')[0]} benchmark`,
    describe:
      'Runs it on several numbers of ranks, and says how long each took, how much faster than the first that was, and ' +
      'whether all have the same bits. Ends with 1 where they have not.',
    positionals: { INPUT: input },
    options: {
      ranks: {
        describe: 'Numbers of processes, like 1,2,4; by default 1 and one for each core.',
        value: 'N,N',
      },
      rounds: { describe: 'How often each is run; the median counts. 1 by default.', value: 'N' },
      peer: {
        describe: `${peer.name} too, on the same input.`,
        isFlag: true,
      },
      tolerance: {
        describe: `Largest difference from the answer of ${peer.name} that is none; ${usualTolerance} by default.`,
        value: 'X',
      },
      ...trialOptions,
    },
    isFromEnvironment: true,
    handle: async (args, context) => {
      const counts = countsOption(args, 'ranks', 1) ?? [...new Set([1, availableCores()])];
      const rounds = countOption(args, 'rounds', 1) ?? 1;
      const tolerance = toleranceOption(args) ?? usualTolerance;
      const trials = new Trials(solverRun, args, context);
      try {
        const rival = hasFlag(args, 'peer') ? await Rival.of(peer, trials, args, context) : undefined;
        return await compete(
          { counts: [...new Set(counts)], rounds, tolerance, rival, trials },
          args,
          context,
        );
      } finally {
        trials.close();
      }
    },
  };
}

interface Contest {
  readonly counts: readonly number[];
  readonly rounds: number;
  readonly tolerance: number;
  readonly rival: Rival | undefined;
  readonly trials: Trials;
}

/** In turn, so that what else the machine does hits all alike. */
async function compete(
  { counts, rounds, tolerance, rival, trials }: Contest,
  args: Arguments,
  context: CommandContext,
): Promise<number> {
  const ours = counts.map((): Trial[] => []);
  for (let round = 1; round <= rounds; round++) {
    for (const [i, ranks] of counts.entries()) {
      const trial = await trials.run(`ranks-${ranks}-round-${round}`, ranks);
      if (trial.kind === 'none') return trial.code;
      ours[i]?.push(trial);
    }
    await rival?.run();
    if (trials.isStopped) return interruptedCode;
  }
  const first = ours[0]?.[0] as Trial;
  const contenders = [
    ...ours.map((own) => contenderOf(own, first)),
    ...(rival ? [rival.contender(first.numbers, tolerance)] : []),
  ];
  const failed = ours.flat().find((trial) => trial.failed > 0);
  const isSame = contenders.every(({ agreements }) => agree(agreements));
  const speeds = speedsOf(contenders.map(({ timing }) => timing));
  const { study, cases } = first;
  const document = {
    ...{ study, cases, rounds, isSame, isComplete: failed === undefined },
    runs: speeds.map((speed, i) => ({ ...speed, agreements: contenders[i]?.agreements })),
  };
  const lines = [
    `${study}: ${plural(cases, 'calculation')}${rounds > 1 ? `, medians of ${rounds} rounds` : ''}`,
    '',
    ...speedLines(speeds, {
      heading: 'answer',
      texts: contenders.map(({ agreements, tolerance }) => verdict(agreements, tolerance)),
    }),
    ...(failed ? ['', `${failed.failed} of ${cases} failed, the first with ${failed.failure}`] : []),
  ];
  context.stdout.write(
    `${hasFlag(args, 'json') ? JSON.stringify(document, undefined, 2) : lines.join('\n')}\n`,
  );
  return isSame && !failed ? 0 : 1;
}

function contenderOf(trials: readonly Trial[], first: Trial): Contender {
  const [{ ranks }] = trials as readonly [Trial];
  const worst = trials
    .map(({ numbers }) => agreementsOf(first.numbers, numbers, 0))
    .reduce((a, b) => (agree(a) ? b : a));
  return {
    timing: {
      ...{ name: plural(ranks, 'rank'), ranks, seconds: median(trials.map(({ seconds }) => seconds)) },
      caseSeconds: median(trials.map(({ caseSeconds }) => caseSeconds)),
    },
    agreements: worst,
    tolerance: 0,
  };
}
