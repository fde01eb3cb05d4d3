/** Every message between coordinator and worker. */
import type { KernelForm } from '../kernels/kernel.js';
import type { Study } from '../study/study.js';
import type { CaseFailure, Loss, Spent } from './loss.js';

/** Raised when the wire format or the meaning of a message changes: ranks of another protocol are refused. */
export const protocolVersion = 4;

/** A worker's first message: who it is, so that a rank of another build is refused by name. */
export interface Hello {
  readonly kind: 'hello';
  readonly protocol: number;
  readonly build: string;
  readonly host: string;
  readonly pid: number;
  readonly node: string;
  /** What it may use of its host; absent where it does not say: as much as anybody asks for. */
  readonly holdings?: Holdings;
  /** Of a node coordinator: the workers behind it, itself left out. It speaks once all of them have. */
  readonly members?: readonly Member[];
}

/** Of a host, as one of its workers sees it: others may see other parts. */
export interface Holdings {
  /** Numbers of the cores, as the kernel writes them: `0-3,8`. */
  readonly cores: string;
  /** Cores' worth of time that control groups allow; null for no limit. */
  readonly quota: number | null;
  readonly memoryBytes: number;
  /** Names of GPUs. */
  readonly gpus: readonly string[];
}

/** A worker behind a node coordinator: its number, which is its own in the whole run, and its hello. */
export interface Member extends Omit<Hello, 'kind' | 'members'> {
  readonly worker: number;
}

/** The worker has its kernel and can compute. */
export interface Ready {
  readonly kind: 'ready';
  /** `name version form hash`; must equal the coordinator's. */
  readonly kernel: string;
}

/** The worker cannot follow: its kernel does not load, say. */
export interface Unable {
  readonly kind: 'unable';
  readonly reason: string;
  /** Where a node coordinator speaks for a worker behind it. */
  readonly worker?: number;
}

/** Result blocks (codec/block), back to back. `bytes` is a view that is valid until the handler returns. */
export interface Results {
  readonly kind: 'results';
  readonly bytes: Uint8Array;
}

/** A line for the run's log. */
export interface Log {
  readonly kind: 'log';
  readonly text: string;
  /** Where a node coordinator speaks for a worker behind it. */
  readonly worker?: number;
}

/** The answer to `revoke`, one for each: what the worker gives back of what it has not begun. */
export interface Released {
  readonly kind: 'released';
  /** From the end of what it held, the last one first; empty when all is begun. */
  readonly ranges: readonly Assignment[];
  /** Of a node coordinator. */
  readonly credit?: Credit;
}

/** How the worker is, every few seconds while it can speak. */
export interface Vitals {
  readonly kind: 'vitals';
  /** Resident memory of its process. */
  readonly memoryBytes: number;
  /** Where a node coordinator speaks for a worker behind it. */
  readonly worker?: number;
}

/** The worker's last message: it has sent all it will. */
export interface Bye {
  readonly kind: 'bye';
}

/** The study and its shared data; the same bytes for every worker, so that they can be broadcast. */
export interface Welcome {
  readonly kind: 'welcome';
  readonly study: Study;
  readonly shared: unknown;
  readonly form: KernelForm;
  readonly kernel: string;
  /** When results leave the worker: all that waits in one message, or one block a message. */
  readonly batching: Batching;
  /** For node coordinators, where there are any. */
  readonly rules?: NodeRules;
}

/** What a node coordinator must know of the root's rules to treat its workers as the root would. */
export interface NodeRules {
  readonly crashLimit: number;
  readonly depthLimit: number;
  readonly takesBack: 'nothing' | 'pieces' | 'anything';
  readonly memory?: MemoryRules;
}

/** Memory of a process that computes. */
export interface MemoryRules {
  /** Infinity for no limit. */
  readonly limitBytes: number;
  /** A case that ran out of memory may use this many times as much in its next attempt, as far as its host has it. */
  readonly factor: number;
}

export type Batching = 'adaptive' | 'single';

/** What cases may use of their host, where they occupy some of it: comes before they do. */
export interface Grant {
  readonly kind: 'grant';
  readonly grants: readonly CaseGrant[];
}

export interface CaseGrant {
  readonly case: number;
  /** How many cores, or what part of one, and which; absent where the case occupies none. */
  readonly cores?: number;
  /** Empty where it is not known which there are. */
  readonly coreIds?: readonly number[];
  /** Absent where no case of the study needs GPUs. */
  readonly gpus?: readonly string[];
}

/** Ranges of cases to compute, in order. */
export interface Assign {
  readonly kind: 'assign';
  readonly ranges: readonly Assignment[];
}

export interface Assignment {
  readonly first: number;
  readonly count: number;
  readonly attempt: number;
  /** One of these cases may end the process that computes it: nothing else is computed there meanwhile. */
  readonly isAlone?: true;
}

/** Others have nothing to do: give back half of what is not begun. Answered by `released`, once, whatever there is. */
export interface Revoke {
  readonly kind: 'revoke';
}

/** This worker takes no part; it says why and ends. */
export interface Refuse {
  readonly kind: 'refuse';
  readonly reason: string;
}

/** This worker is no longer wanted, or wants to go: it ends the case that it computes and answers `bye`. */
export interface Leave {
  readonly kind: 'leave';
}

/**
 * For whoever supervises the process of a worker, which holds nothing: a fresh one takes its place, and says hello. The
 * memory that it may use, all it starts included; Infinity for any.
 */
export interface Renew {
  readonly kind: 'renew';
  readonly memoryBytes: number;
}

/** No more work. What the worker has not begun is dropped; it answers `bye`. */
export interface Stop {
  readonly kind: 'stop';
}

/** Ranges for a node coordinator, which hands each out in pieces of `piece` cases. */
export interface Share {
  readonly kind: 'share';
  readonly ranges: readonly SharedRange[];
}

export interface SharedRange extends Assignment {
  readonly piece: number;
  /** The most that each of these cases was allowed when it ran out of memory; absent where none has. */
  readonly shortageBytes?: number;
}

/** How far a node coordinator has come with its pieces: what it still has follows from what was sent to it. */
export interface Credit {
  /** Pieces that it was sent and has received, in all. */
  readonly received: number;
  /** Pieces that it holds: those that wait, and those of its workers. */
  readonly held: number;
}

/** Result blocks of workers behind a node coordinator, in any order, and what they amount to. A view, as `results`. */
export interface Bundle {
  readonly kind: 'bundle';
  readonly blocks: Uint8Array;
  readonly digest: Digest;
}

export interface Digest {
  readonly blocks: number;
  readonly cases: number;
  /** Blocks in which a case did not complete. */
  readonly failedBlocks: number;
  readonly elapsedMs: number;
  /** Longest mean time of a case in any of the blocks. */
  readonly longestMs: number;
  readonly credit: Credit;
  /** The cases, as few ranges as they make. */
  readonly runs: readonly Run[];
}

export interface Run {
  readonly first: number;
  readonly count: number;
}

/** How many workers behind a node coordinator can compute now. */
export interface Team {
  readonly kind: 'team';
  readonly ready: number;
}

/** A worker came to a node coordinator that had begun: in place of one that was lost. */
export interface Joined {
  readonly kind: 'joined';
  readonly member: Member;
}

/** A node coordinator has lost a worker; its cases are seen to. */
export interface Lost {
  readonly kind: 'lost';
  readonly worker: number;
  readonly how: string;
  /** The worker that takes its place. */
  readonly successor?: number;
}

/** A case behind a node coordinator failed without a block. */
export interface GivenUp {
  readonly kind: 'given-up';
  readonly first: number;
  readonly attempt: number;
  readonly failure: CaseFailure;
  /** It has ended too many workers to be tried again. */
  readonly isLast: boolean;
  readonly spent?: Spent;
  readonly credit: Credit;
}

/** The child of a rank has ended. What the coordinator sent to it and it had not read is lost with it. */
export interface Ended {
  readonly kind: 'ended';
  readonly loss: Loss;
  /** Another child takes its place, once the coordinator says `resume`. */
  readonly hasSuccessor: boolean;
}

/** Answers `ended`: what comes behind it is for the successor. */
export interface Resume {
  readonly kind: 'resume';
}

export type WorkerMessage = Hello | Ready | Unable | Results | Log | Vitals | Released | Bye;
/** What a node coordinator says besides. */
export type NodeMessage = Bundle | Team | Joined | Lost | GivenUp;
export type CoordinatorMessage = Welcome | Grant | Assign | Renew | Revoke | Refuse | Stop | Leave;
/** Between the two ends of the links of an MPI job, who keep it to themselves. */
export type RelayMessage = Ended | Resume;
export type Message = WorkerMessage | NodeMessage | CoordinatorMessage | Share | RelayMessage;
