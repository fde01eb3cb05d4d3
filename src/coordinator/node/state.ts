/**
 * What a node coordinator knows. To its workers it is a coordinator like the root, with the same code, whose scheduler
 * holds what the root has sent; to the root it is a worker. It keeps no journal: what it holds when it is lost goes to
 * others.
 */
import { blockHeaderBytes, readBlockHeader } from '../../codec/block.js';
import { dataViewOf } from '../../codec/data-view.js';
import type { CaseGrant, NodeRules } from '../../messages/message.js';
import { FeedScheduler } from '../../schedule/feed.js';
import type { Comm } from '../comm.js';
import { type CoordinatorState, createState, defaultOptions } from '../state.js';
import type { CrewComm, UpComm } from './comm.js';
import { creditOf, Gathering, gather } from './gathering.js';

/** A node coordinator is near, and has few workers: they wait less for it than for the root. */
const longMs = 20;

export interface NodeState {
  readonly crew: CoordinatorState;
  readonly feed: FeedScheduler;
  readonly gathering: Gathering;
  readonly up: UpComm;
  /** What the crew's reactor acts through. */
  readonly down: Comm;
  readonly rules: NodeRules;
  /** What the root granted to cases that have not come back; a case whose worker dies is tried with it again. */
  readonly grants: Map<number, CaseGrant>;
  /** Pieces received in all. */
  received: number;
  /** Bytes of results that were gathered in all. */
  gatheredBytes: number;
  /** When a bundle last left. */
  passedAtMs: number;
  /** Members that the root was told can compute. */
  toldReady: number;
  /** True while the root waits for what is taken back from a worker. */
  isAsked: boolean;
}

export function createNode(
  workers: readonly number[],
  rules: NodeRules,
  crewComm: CrewComm,
  up: UpComm,
): NodeState {
  const feed = new FeedScheduler(rules.takesBack);
  const { crashLimit, depthLimit, memory } = rules;
  const options = { ...defaultOptions, crashLimit, depthLimit, longMs, ...(memory && { memory }) };
  const crew = createState(feed, workers, options);
  const grants = new Map<number, CaseGrant>();
  const node: NodeState = {
    ...{ crew, feed, rules, up, grants, gathering: new Gathering() },
    down: {
      ...crewComm,
      assign: (worker, first, ...rest) => {
        const grant = grants.get(first);
        if (grant) crewComm.grant(worker, grant);
        crewComm.assign(worker, first, ...rest);
      },
      share: () => {
        throw new Error('a node coordinator has no node coordinators of its own');
      },
      persist: (blocks) => {
        if (grants.size > 0) forget(grants, blocks);
        return gather(node, blocks);
      },
      // Whether a case is tried again is the root's to say, and so is what of its past is kept.
      persistRetries: () => {
        throw new Error('a node coordinator tries no case again by itself');
      },
      persistFailure: (first, attempt, failure, next, spent) => {
        grants.delete(first);
        const isLast = next === 'given up';
        up.sendGivenUp({ first, attempt, failure, isLast, ...(spent && { spent }), credit: creditOf(node) });
        return node.gatheredBytes;
      },
      persistCrash: () => {},
      hasten: () => {},
      // What is on its way is bounded by what the root hands out, which it stops when its disk is behind.
      backlogBytes: () => 0,
      nowMs: up.nowMs,
      wakeAt: up.wakeAt,
    },
    ...{ received: 0, gatheredBytes: 0, passedAtMs: Number.NEGATIVE_INFINITY },
    ...{ toldReady: 0, isAsked: false },
  };
  return node;
}

/** Cases that have come back need what they were granted no more. */
function forget(grants: Map<number, CaseGrant>, blocks: Uint8Array): void {
  const view = dataViewOf(blocks);
  for (let at = 0; at < blocks.byteLength; ) {
    const { first, bodyBytes } = readBlockHeader(view, at);
    grants.delete(first);
    at += blockHeaderBytes + bodyBytes;
  }
}
