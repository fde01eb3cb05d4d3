/** How messages travel over MPI. */

/** Messages of at most a slot, to the coordinator and to a worker. */
export const toCoordinatorTag = 1;
export const toWorkerTag = 2;
/** The body of a message larger than a slot; an announcement in a slot comes first. */
export const largeTag = 3;

/** Receives that wait at once; messages of one sender complete in the order of the ring. */
export const ringSlots = 16;

/** Assignments are small; whatever is larger is announced. */
export const toWorkerSlotBytes = 8 * 1024;

/** First word of an announcement; no message kind is that large. The second word is the length. */
export const announcement = 0xffff_ffff;

export function announce(bytes: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(announcement, bytes).buffer);
}

/** Length of the announced message; undefined when this is a message itself. */
export function announcedBytes(words: Uint32Array): number | undefined {
  return words[0] === announcement ? (words[1] as number) : undefined;
}
