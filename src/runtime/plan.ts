/** What a run of a study would be. Types only. */
import type { ReadyKernel } from '../kernels/kernel.js';
import type { Resources } from '../schedule/tasks/task-set.js';
import type { Forecast, ForecastRun } from '../simulate/forecast.js';
import type { Strategy, StudyCost } from '../study/study.js';

export interface Plan {
  readonly name: string;
  readonly cases: number;
  /** Cases that the run directory holds already, and the others. */
  readonly done: number;
  readonly remaining: number;
  readonly strategy: Strategy;
  readonly chunk: number | 'auto';
  readonly kernelForm: ReadyKernel['form'];
  /** Bytes of one case's numbers; text and ragged values are not counted. */
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** Bytes that all results take in the journal. */
  readonly journalBytes: number;
  /** What the study says of costs, and the exponents of features where runs have learned them. */
  readonly cost: StudyCost | undefined;
  readonly exponents?: readonly number[];
  /** Times that were measured: where, of how many cases, and how far they scatter about what is predicted for them. */
  readonly times?: { readonly source: string; readonly cases: number; readonly scatter?: number };
  /** Of all times here: where none was measured, the time of a mean case is 1, and messages take none. */
  readonly unit: Forecast['unit'];
  /** Time of what remains, one case after the other, and of its longest case. */
  readonly total: number;
  readonly longest: number;
  /** Whether cases wait for each other or for room on hosts, and forecasts reckon with it or leave it out. */
  readonly waits: 'none' | 'counted' | 'left out';
  /**
   * Where cases occupy resources: what this host offers, and how many ranks it would have. Forecasts take every host to be
   * like it unless there are `hosts`.
   */
  readonly host?: Resources & { readonly ranks: number };
  /** The hosts that were named, or are a site's, each with its ranks. What is not said of one is as here, with a core a rank. */
  readonly hosts?: readonly (Resources & { readonly name: string; readonly ranks: number })[];
  /**
   * Where workers have a limit: for how many this host has room now, and what a case may have in each further attempt
   * if it runs out of memory.
   */
  readonly memory?: {
    readonly limitBytes: number;
    readonly workers: number;
    readonly laterBytes: readonly number[];
  };
  /** The site whose settings said what nodes the run has, and how many ranks they have in all. */
  readonly site?: { readonly name: string; readonly nodes: number; readonly ranks: number };
  /** One for each number of ranks; none when nothing remains. */
  readonly forecasts: readonly RanksForecast[];
}

export interface RanksForecast {
  readonly ranks: number;
  /** What no schedule can beat: all work spread evenly, the longest case, or the longest chain of cases that wait. */
  readonly bound: number;
  /** Cases that fit on no host, or depend on one that does not: they are left out. */
  readonly unplaceable: number;
  /** By strategy, in the order of `strategies`. */
  readonly runs: readonly ForecastRun[];
  /** That which ends first; of those that end within a thousandth of it the study's own. */
  readonly best: Strategy;
  /** What was simulated, where that was not every case and every rank. */
  readonly coarse?: Forecast['coarse'];
}
