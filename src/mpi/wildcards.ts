/** Wildcards and special ranks with one value in every library; translated at the call. */
import { integer } from './library.js';

/** Receives and probes: from any rank. */
export const anySource = -1;
/** Receives and probes: with any tag. */
export const anyTag = -1;
/** A partner that is not there: sending to it and receiving from it end at once and move nothing. */
export const procNull = -2;
/** Send buffer of a collective call that works in the receive buffer. */
export const inPlace: unique symbol = Symbol('MPI_IN_PLACE');

/** A destination or source as the library numbers it. */
export function foreignRank(rank: number): number {
  if (rank >= 0) return rank;
  if (rank === anySource) return integer('MPI_ANY_SOURCE');
  if (rank === procNull) return integer('MPI_PROC_NULL');
  return invalidRank;
}

export function foreignTag(tag: number): number {
  return tag === anyTag ? integer('MPI_ANY_TAG') : tag;
}

/** A status's source in our numbers. */
export function ownRank(rank: number): number {
  if (rank >= 0) return rank;
  return rank === integer('MPI_PROC_NULL') ? procNull : anySource;
}

export function ownTag(tag: number): number {
  return tag >= 0 ? tag : anyTag;
}

/** Negative and no wildcard of any library, so that the library refuses it. */
const invalidRank = -1000;
