/** What the coordinator knows. Changed by the reactor alone. */
import type { MemoryRules } from '../messages/message.js';
import type { CostLedger } from '../schedule/cost-ledger.js';
import { DueQueue } from '../schedule/due-queue.js';
import { RangeRing } from '../schedule/range-ring.js';
import type { Range } from '../schedule/ranges.js';
import type { Scheduler } from '../schedule/scheduler.js';
import { TaskScheduler } from '../schedule/tasks/task-scheduler.js';
import type { Tried } from '../schedule/tried.js';
import { Attempts } from './attempts.js';
import { SlowestCases } from './slowest.js';
import { newTeam, type Team } from './team.js';

export interface WorkerState {
  readonly worker: number;
  /** `stopping`: told to stop, `bye` not come yet. */
  status: 'joining' | 'ready' | 'stopping' | 'gone';
  /** What it has been given and not returned, in the order given. */
  readonly outstanding: RangeRing;
  /** Where it is, if its process can be replaced by a fresh one. */
  home: Home | undefined;
  /** Memory that its process may use, where that is more than others may. */
  raisedBytes: number | undefined;
  /** True once its process was given cases. */
  isUsed: boolean;
  /** True when it ended without a word. */
  isLost: boolean;
  /** Mean time of this worker's recent blocks or ranges, whichever are shorter, ms; 0 before the first. */
  blockMs: number;
  /** Mean time of a case in this worker's recent messages, ms; 0 before the first. */
  caseMs: number;
  /** Cases it has been given and not returned. */
  held: number;
  /** Cases in the largest block it returned. */
  largestBlock: number;
  /** Cases it returned in this session, and how many of them did not complete. */
  done: number;
  failed: number;
  /** True while it computes suspects: cases that may have ended a worker, and nothing beside them. */
  isAlone: boolean;
  /** True when it waits for an answer to what it returned. */
  isTouched: boolean;
  /** True while it has nothing and waits in `hungry`. */
  isHungry: boolean;
  /** True while it has been asked to give work back and has not answered. */
  isAsked: boolean;
  /** True when it had nothing to give back, until it is given something again. */
  isSpent: boolean;
  /** Of a node coordinator, which takes part as one worker. */
  readonly team: Team | undefined;
}

/** A host, and all the memory that its workers may use together. */
export interface Home {
  readonly host: string;
  readonly memoryBytes: number;
}

/** Counts at a position of the journal: they hold once the journal is durable up to there. */
export interface Mark {
  start: number;
  position: number;
  done: number;
  failed: number;
}

export interface CoordinatorState {
  readonly scheduler: Scheduler;
  /** The same, where cases depend on one another or occupy resources. */
  readonly tasks: TaskScheduler | undefined;
  readonly options: CoordinatorOptions;
  readonly workers: Map<number, WorkerState>;
  /** Workers to answer once all that waits has been read. */
  readonly touched: WorkerState[];
  /** Workers that have nothing, and for whom nothing was left. */
  readonly hungry: WorkerState[];
  /** Workers that have been asked to give work back and have not answered. */
  asked: number;
  /** True when no worker has anything worth taking back, until one is given something again. */
  isDry: boolean;
  /** Cases that were in flight at workers that died, to be tried before all others, alone. */
  readonly suspects: RangeRing;
  /** Workers that compute suspects. */
  alone: number;
  /** Deaths by case, for cases that were alone with a worker that died. */
  readonly crashes: Map<number, number>;
  /** The most that a case was allowed when it ran out of memory, in earlier sessions too; of cases that surely did. */
  readonly shortages: Map<number, number>;
  /** Cases that ran out of memory where earlier ones had used some of it: they are tried in a fresh process. */
  readonly unproven: Set<number>;
  /** Cases to be tried with more memory than others. */
  readonly raised: RangeRing;
  /** The host on which nothing begins before the first of these. */
  roomKeptOn: string | undefined;
  readonly attempts: Attempts;
  /** Cases that failed and wait for their next attempt. */
  readonly delayed: DueQueue;
  /** Cases that cannot end in the time that is left, as ranges. */
  readonly late: RangeRing;
  /** Cases handed out and not returned, at all workers. */
  inFlight: number;
  /** Cases appended to the journal in this session, and how many of them did not complete. */
  appended: number;
  appendedFailed: number;
  /** The same, durable. */
  durable: number;
  durableFailed: number;
  /** Failed attempts of this session that another follows. */
  retries: number;
  /** Attempts of this session that took too long, whether another follows or not. */
  timeouts: number;
  readonly marks: Mark[];
  /** For those who watch; nothing is decided by it. */
  readonly slowest: SlowestCases;
  /** No new assignments: the user or the end of the time asked for it. */
  isStopping: boolean;
  /** No new assignments for now: the disk is behind. */
  isThrottled: boolean;
  /** Workers wait until the outcome of suspects is on disk. */
  isHoldingBack: boolean;
}

export interface CoordinatorOptions {
  /** Attempts behind a case's first that did not complete. */
  readonly retries: number;
  /** Wait before the first retry; it doubles with each further one up to `mostMs`. */
  readonly backoff: { readonly firstMs: number; readonly mostMs: number };
  /** A case that was alone with a dying worker this often is given up. */
  readonly crashLimit: number;
  /** What a worker's process may use, where that can be replaced by one with more; absent where none can be. */
  readonly memory?: MemoryRules;
  /** A worker that dies ends everybody, this process too: what is found out about suspects must be on disk by then. */
  readonly isFragile: boolean;
  /** Bytes that may wait for the disk before workers wait for it too. */
  readonly backlogLimitBytes: number;
  /** Most ranges that one worker holds. */
  readonly depthLimit: number;
  /** Ranges that last longer are not handed out before the worker is free: waiting costs less than a bad end. */
  readonly longMs: number;
  /** By the clock of `Comm.nowMs`: nothing starts that is predicted to end later. Infinity for no such moment. */
  readonly deadlineMs: number;
  /** Told of every block: for those who watch, for later runs, and for what can end before the deadline. */
  readonly ledger?: CostLedger;
}

export const defaultOptions: CoordinatorOptions = {
  retries: 0,
  backoff: { firstMs: 1_000, mostMs: 60_000 },
  crashLimit: 3,
  isFragile: false,
  backlogLimitBytes: 64 * 1024 * 1024,
  depthLimit: 1024,
  longMs: 100,
  deadlineMs: Number.POSITIVE_INFINITY,
};

/** The workers behind each node coordinator. */
export type Teams = ReadonlyMap<number, readonly number[]>;

/** What earlier sessions found out about cases that have no result. */
export interface Past {
  readonly tried: Iterable<readonly [index: number, tried: Tried]>;
  readonly crashes: Iterable<readonly [index: number, deaths: number]>;
  /** Cases of which one may have ended the last session; no others are handed out before them. */
  readonly suspects: readonly Range[];
  /** The ones of these that were all that was computed when it ended. */
  readonly culprit: Range | undefined;
  /** The most that cases were allowed when they ran out of memory. */
  readonly shortages: Iterable<readonly [index: number, bytes: number]>;
  /** The last session ended without a word. */
  readonly isBrokenOff: boolean;
}

export const noPast: Past = {
  tried: [],
  crashes: [],
  suspects: [],
  culprit: undefined,
  shortages: [],
  isBrokenOff: false,
};

export function createState(
  scheduler: Scheduler,
  workers: readonly number[],
  options: CoordinatorOptions,
  teams: Teams = new Map(),
  past: Past = noPast,
): CoordinatorState {
  return {
    scheduler,
    tasks: scheduler instanceof TaskScheduler ? scheduler : undefined,
    options,
    workers: new Map(workers.map((worker) => [worker, newWorker(worker, teams.get(worker))])),
    touched: [],
    hungry: [],
    asked: 0,
    isDry: false,
    suspects: new RangeRing(),
    alone: 0,
    crashes: new Map(past.crashes),
    shortages: new Map(past.shortages),
    unproven: new Set(),
    raised: new RangeRing(),
    roomKeptOn: undefined,
    attempts: new Attempts(past.tried),
    delayed: new DueQueue(),
    late: new RangeRing(),
    inFlight: 0,
    appended: 0,
    appendedFailed: 0,
    durable: 0,
    durableFailed: 0,
    retries: 0,
    timeouts: 0,
    marks: [],
    slowest: new SlowestCases(),
    isStopping: false,
    isThrottled: false,
    isHoldingBack: false,
  };
}

/** True while a worker is yet to load its kernel. */
export function isAnyJoining(state: CoordinatorState): boolean {
  for (const { status } of state.workers.values()) if (status === 'joining') return true;
  return false;
}

export function newWorker(worker: number, members?: readonly number[]): WorkerState {
  return {
    worker,
    status: 'joining',
    outstanding: new RangeRing(),
    home: undefined,
    raisedBytes: undefined,
    isUsed: false,
    isLost: false,
    blockMs: 0,
    caseMs: 0,
    held: 0,
    largestBlock: 0,
    done: 0,
    failed: 0,
    isAlone: false,
    isTouched: false,
    isHungry: false,
    isAsked: false,
    isSpent: false,
    team: members && newTeam(members),
  };
}
