/** What the coordinator knows. Changed by the reactor alone. */
import type { CostLedger } from '../schedule/cost-ledger.js';
import { RangeRing } from '../schedule/range-ring.js';
import type { Scheduler } from '../schedule/scheduler.js';
import { SlowestCases } from './slowest.js';
import { newTeam, type Team } from './team.js';

export interface WorkerState {
  readonly worker: number;
  /** `stopping`: told to stop, `bye` not come yet. */
  status: 'joining' | 'ready' | 'stopping' | 'gone';
  /** What it has been given and not returned, in the order given. */
  readonly outstanding: RangeRing;
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
  /** True while it computes a suspect: a case that may have ended a worker, alone. */
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

/** Counts at a position of the journal: they hold once the journal is durable up to there. */
export interface Mark {
  start: number;
  position: number;
  done: number;
  failed: number;
}

export interface CoordinatorState {
  readonly scheduler: Scheduler;
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
  /** Cases that were in flight at workers that died, to be tried one by one. */
  readonly suspects: RangeRing;
  /** Deaths by case, for cases that were alone with a worker that died. */
  readonly crashes: Map<number, number>;
  /** Cases handed out and not returned, at all workers. */
  inFlight: number;
  /** Cases appended to the journal in this session, and how many of them did not complete. */
  appended: number;
  appendedFailed: number;
  /** The same, durable. */
  durable: number;
  durableFailed: number;
  /** Attempts beyond the first of their case that were handed out. */
  retries: number;
  readonly marks: Mark[];
  /** For those who watch; nothing is decided by it. */
  readonly slowest: SlowestCases;
  /** No new assignments: the user or the end of the time asked for it. */
  isStopping: boolean;
  /** No new assignments for now: the disk is behind. */
  isThrottled: boolean;
}

export interface CoordinatorOptions {
  /** Attempt number of cases handed out for the first time in this session. */
  readonly attempt: number;
  /** A case that was alone with a dying worker this often is given up. */
  readonly crashLimit: number;
  /** Bytes that may wait for the disk before workers wait for it too. */
  readonly backlogLimitBytes: number;
  /** Most ranges that one worker holds. */
  readonly depthLimit: number;
  /** For those who watch and for later runs: told of every block. Nothing is decided by it. */
  readonly ledger?: CostLedger;
}

export const defaultOptions: CoordinatorOptions = {
  attempt: 1,
  crashLimit: 3,
  backlogLimitBytes: 64 * 1024 * 1024,
  depthLimit: 1024,
};

/** The workers behind each node coordinator. */
export type Teams = ReadonlyMap<number, readonly number[]>;

export function createState(
  scheduler: Scheduler,
  workers: readonly number[],
  options: CoordinatorOptions,
  teams: Teams = new Map(),
): CoordinatorState {
  return {
    scheduler,
    options,
    workers: new Map(workers.map((worker) => [worker, newWorker(worker, teams.get(worker))])),
    touched: [],
    hungry: [],
    asked: 0,
    isDry: false,
    suspects: new RangeRing(),
    crashes: new Map(),
    inFlight: 0,
    appended: 0,
    appendedFailed: 0,
    durable: 0,
    durableFailed: 0,
    retries: 0,
    marks: [],
    slowest: new SlowestCases(),
    isStopping: false,
    isThrottled: false,
  };
}

export function newWorker(worker: number, members?: readonly number[]): WorkerState {
  return {
    worker,
    status: 'joining',
    outstanding: new RangeRing(),
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
