/** Ranks and a time limit for a job, from what its cases are predicted to take, and why. */
import { InputError } from '../../errors/input-error.js';
import { formatCount, formatDuration, formatPercent, plural } from '../../observe/figures.js';
import type { Plan, RanksForecast } from '../../runtime/plan.js';

export interface ProposalRequest {
  /** `auto` where it is asked for; a number where it is given. */
  readonly ranks: number | 'auto';
  /** Undefined: the job has none, and none is asked for. */
  readonly timeMs: number | 'auto' | undefined;
  /** Ranks that compute a case together. */
  readonly ranksPerTask: number;
  readonly mostRanks: number | undefined;
  readonly mostTimeMs: number | undefined;
  /** Whose bounds these are, beside the site file's. */
  readonly boundsOf?: string | undefined;
  /** Parts of the study, and how many of them one task of a job array computes; absent without an array. */
  readonly shards?: { readonly count: number; readonly each: number } | undefined;
  /** What is predicted for numbers of ranks. */
  plan(ranks: readonly number[]): Promise<Plan>;
}

export interface Proposal {
  readonly ranks: number;
  readonly timeMs: number | undefined;
  /** Longest case as predicted. */
  readonly longestMs: number;
  readonly why: string;
}

/** Part of the ranks' time that must be spent computing. */
const leastEfficiency = 0.7;
/** A job as short as this is not made shorter by more ranks. */
const shortMs = 600_000;
const margin = 1.25;
/** Parts of a study are not all alike. */
const shardMargin = 1.5;
const startMs = 120_000;
const mostRanksUnlessToldOtherwise = 1024;

/** Throws InputError where nothing is known of the times of cases. */
export async function propose(request: ProposalRequest): Promise<Proposal> {
  const plan = await request.plan(candidates(request));
  if (plan.remaining === 0) {
    throw new InputError('auto has nothing to propose for: every case of the study is done', {
      hint: 'export writes its results',
    });
  }
  if (plan.unit !== 'ms') throw unknownTimes();
  const chosen = choose(request, plan);
  const makespanMs = makespan(chosen, plan) * partOf(request);
  const needed = neededMs(makespanMs, plan, request);
  const most = request.mostTimeMs ?? Number.POSITIVE_INFINITY;
  const timeMs = request.timeMs === 'auto' ? Math.min(rounded(needed), most) : request.timeMs;
  const why = words(request, plan, chosen, { makespanMs, needed, timeMs });
  return { ranks: chosen.ranks, timeMs, longestMs: plan.longest, why };
}

/** Numbers of ranks that double; of MPI kernels the ranks that compute do, and rank 0 comes on top. */
function candidates({ ranks, ranksPerTask, mostRanks }: ProposalRequest): readonly number[] {
  if (ranks !== 'auto') return [ranks];
  const most = mostRanks ?? mostRanksUnlessToldOtherwise;
  const numbers: number[] = [];
  for (let teams = 1; ; teams *= 2) {
    const count = ranksPerTask === 1 ? teams : 1 + teams * ranksPerTask;
    if (count > most && numbers.length > 0) return numbers;
    numbers.push(count);
  }
}

function choose(request: ProposalRequest, plan: Plan): RanksForecast {
  const { forecasts } = plan;
  const useful = forecasts.filter(
    (one, i) =>
      i === 0 || (efficiency(one, plan) >= leastEfficiency && makespan(forecasts[i - 1]!, plan) > shortMs),
  );
  const { timeMs } = request;
  const inTime =
    typeof timeMs === 'number'
      ? forecasts.find((one) => neededMs(makespan(one, plan), plan, request) <= timeMs)
      : undefined;
  return inTime ?? useful.at(-1)!;
}

function neededMs(makespanMs: number, { longest, times }: Plan, { shards }: ProposalRequest): number {
  return makespanMs * (shards ? shardMargin : margin) + (times?.scatter ?? 0) * longest + startMs;
}

/** The part of the study that one task of an array computes. */
function partOf({ shards }: ProposalRequest): number {
  return shards ? shards.each / shards.count : 1;
}

function makespan(forecast: RanksForecast, plan: Plan): number {
  return runOf(forecast, plan).makespan;
}

function efficiency(forecast: RanksForecast, plan: Plan): number {
  return runOf(forecast, plan).efficiency;
}

function runOf({ runs }: RanksForecast, { strategy }: Plan) {
  return runs.find((run) => run.strategy === strategy) ?? runs[0]!;
}

/** To 5 minutes, of long jobs to quarters of an hour. */
function rounded(ms: number): number {
  const step = ms > 3_600_000 ? 900_000 : 300_000;
  return Math.ceil(ms / step) * step;
}

interface Figures {
  readonly makespanMs: number;
  readonly needed: number;
  readonly timeMs: number | undefined;
}

function words(
  request: ProposalRequest,
  plan: Plan,
  chosen: RanksForecast,
  { makespanMs, needed, timeMs }: Figures,
): string {
  const busy = (one: RanksForecast): string => formatPercent(Math.round(1000 * efficiency(one, plan)), 1000);
  const { shards } = request;
  const who = shards
    ? `${plural(shards.each, 'shard')} of ${formatCount(shards.count)} on ${plural(chosen.ranks, 'core')}`
    : plural(chosen.ranks, 'rank');
  const next = plan.forecasts[plan.forecasts.indexOf(chosen) + 1];
  const parts = [
    `${plural(plan.remaining, 'case')} left, predicted from the times of ${formatCount(plan.times?.cases ?? 0)}` +
      ` (${plan.times?.source})`,
    `${who}: ${formatDuration(makespanMs)}${shards ? '' : `, ${busy(chosen)} of their time computing`}`,
  ];
  if (next && !shards) {
    parts.push(
      `${plural(next.ranks, 'rank')} would take ${formatDuration(makespan(next, plan))} at ${busy(next)}`,
    );
  }
  if (request.timeMs === 'auto') {
    const percent = Math.round(((shards ? shardMargin : margin) - 1) * 100);
    parts.push(`time limit: ${percent} % more and ${formatDuration(startMs)} to start`);
  }
  if (timeMs !== undefined && needed > timeMs) {
    parts.push(
      `that is ${formatDuration(needed)}, longer than the limit: about ${Math.ceil(needed / timeMs)} jobs in a chain`,
    );
  }
  const { boundsOf, mostRanks, mostTimeMs } = request;
  if (boundsOf !== undefined) {
    const isFull = request.ranks === 'auto' && chosen === plan.forecasts.at(-1) && mostRanks !== undefined;
    if (isFull) parts.push(`${boundsOf} has room for ${plural(mostRanks, 'rank')}`);
    if (request.timeMs === 'auto' && timeMs === mostTimeMs && timeMs !== undefined)
      parts.push(`${boundsOf} allows ${formatDuration(timeMs)}`);
  }
  if (plan.waits === 'left out')
    parts.push('cases that wait for others or for room on hosts may take longer');
  if (plan.host) parts.push(`room is reckoned by hosts like this one, ${plan.host.ranks} ranks on each`);
  return parts.join('; ');
}

function unknownTimes(): InputError {
  return new InputError('auto cannot be used: nothing is known of how long the cases take', {
    expected: 'numbers for --ranks and --time, or times of cases that were computed before',
    hint: 'Some cases are enough: run STUDY --limit 100 on a node like those of the job',
  });
}
