/** Another program in the same contest: it computes in a folder with its files, and is measured as ours is. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import type { Timing } from '../../observe/trials/speed.js';
import { type Agreement, agreementsOf, inCommon } from '../../results/agreement.js';
import type { RunNumbers, SolverPeer } from '../../study/solver.js';
import { type Arguments, positional } from '../command.js';
import type { CommandContext } from '../context.js';
import type { Trials } from './trials.js';

/** Median times of one contender, what it found, and how that agrees with what the first found. */
export interface Contender {
  readonly timing: Timing;
  readonly agreements: readonly Agreement[];
  /** Largest difference that is none. */
  readonly tolerance: number;
}

export class Rival {
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
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
