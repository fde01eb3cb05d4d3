/** `manybody benchmark INPUT`: how long it takes on several numbers of ranks, and by another program. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import { plural } from '../../observe/figures.js';
import { agree, verdict } from '../../observe/trials/agreement.js';
import { speedLines, speedsOf, type Timing } from '../../observe/trials/speed.js';
import { availableCores } from '../../process/cores.js';
import { type Agreement, agreementsOf, inCommon } from '../../results/agreement.js';
import type { RunNumbers, SolverPeer, SolverRun } from '../../study/solver.js';
import { type Arguments, type Command, countOption, countsOption, hasFlag, positional } from '../command.js';
import type { CommandContext } from '../context.js';
import { type Trial, Trials, trialOptions } from './trials.js';
import { toleranceOption } from './validate.js';

/** Median times of one contender, what it found, and how that agrees with what the first found. */
interface Contender {
  readonly timing: Timing;
  readonly agreements: readonly Agreement[];
  /** Largest difference that is none. */
  readonly tolerance: number;
}

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

const interruptedCode = 130;

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

/** The program of others, in a folder with its files. */
class Rival {
  readonly #peer: SolverPeer;
  readonly #trials: Trials;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #argv: readonly string[];
  readonly #folder: string;
  readonly #seconds: number[] = [];
  #numbers: readonly RunNumbers[] = [];

  private constructor(
    peer: SolverPeer,
    trials: Trials,
    environment: NodeJS.ProcessEnv,
    prepared: { readonly argv: readonly string[]; readonly files: Readonly<Record<string, string>> },
  ) {
    this.#peer = peer;
    this.#trials = trials;
    this.#environment = environment;
    this.#argv = prepared.argv;
    this.#folder = trials.folder('peer');
    mkdirSync(this.#folder, { recursive: true });
    for (const [name, text] of Object.entries(prepared.files)) writeFileSync(join(this.#folder, name), text);
  }

  /** Before anything is computed: throws EnvironmentError where it is not installed, InputError for what it cannot do. */
  static async of(
    peer: SolverPeer,
    trials: Trials,
    args: Arguments,
    { cwd, environment }: CommandContext,
  ): Promise<Rival> {
    const { argv, hint } = peer.probe;
    const probed = await trials.start(argv, environment).catch(() => undefined);
    if (probed?.code !== 0) throw new EnvironmentError(`${peer.name} cannot be used here`, { hint });
    return new Rival(peer, trials, environment, await peer.prepare(positional(args, 'INPUT'), cwd));
  }

  async run(): Promise<void> {
    const started = performance.now();
    const { code, stdout } = await this.#trials.start(this.#argv, this.#environment, this.#folder);
    if (this.#trials.isStopped) return;
    if (code !== 0) {
      throw new EnvironmentError(`${this.#peer.name} has failed, as it says above`, {
        hint: 'Its programs and keywords are those of QCEngine; leave --peer out for inputs that it does not know',
      });
    }
    this.#seconds.push((performance.now() - started) / 1000);
    this.#numbers = [...this.#peer.numbersOf(stdout)];
  }

  contender(reference: readonly RunNumbers[], tolerance: number): Contender {
    return {
      timing: { name: this.#peer.name, seconds: median(this.#seconds) },
      agreements: agreementsOf(inCommon(reference, this.#numbers), this.#numbers, tolerance),
      tolerance,
    };
  }
}

/** The upper one of two in the middle. */
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
