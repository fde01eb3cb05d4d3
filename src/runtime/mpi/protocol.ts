/** How messages travel over MPI. */
import { type Comm, finalize, isFaultTolerant, leave, world } from '../../mpi/index.js';
import { slotBytes } from '../links/transport.js';

/**
 * The communicator of coordinator and workers, of their own where that can be: to make one needs every rank, and where
 * ranks may die one may be gone by then. Nobody else uses the world there.
 */
export function jobCommunicator(): Comm {
  return isFaultTolerant() ? world : world.dup();
}

/** The end of this rank's part in the job, when all it sent has arrived. */
export function endJob(): void {
  if (isFaultTolerant()) leave();
  else finalize();
}

/** Messages of at most a slot, to the coordinator and to a worker. */
export const toCoordinatorTag = 1;
export const toWorkerTag = 2;
/** The body of a message larger than a slot; an announcement in a slot comes first. */
export const largeTag = 3;
/** Rank 0's word on how the job is arranged, where it is no broadcast. */
export const arrangementTag = 4;

/** Receives that wait at once; messages of one sender complete in the order of the ring. */
export const ringSlots = 16;

/** Bytes of a slot: whatever is larger is announced. */
export interface SlotBytes {
  readonly toCoordinator: number;
  /** Assignments are small. */
  readonly toWorker: number;
}

/**
 * Where ranks may die, only what arrives at once goes to receives that take from anyone: Open MPI never ends one that
 * has begun to take a message whose sender dies. A body is awaited from its sender, and fails with it. (The transports
 * of Open MPI send 4 KiB and more at once, some of it headers.)
 */
export function slotBytesOf(): SlotBytes {
  if (isFaultTolerant()) return { toCoordinator: 2048, toWorker: 2048 };
  return { toCoordinator: slotBytes, toWorker: 8 * 1024 };
}

/** First word of an announcement; no message kind is that large. The second word is the length. */
const announcement = 0xffff_ffff;

/** Where ranks may die, the coordinator's last word: all that a worker sent has arrived, and it may leave. */
const farewellWord = 0xffff_fffe;

export const farewell: Uint8Array = new Uint8Array(Uint32Array.of(farewellWord, 0).buffer);

export function isFarewell(bytes: Uint8Array): boolean {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === farewellWord;
}

export function announce(bytes: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(announcement, bytes).buffer);
}

/** Length of the announced message; undefined when this is a message itself. */
export function announcedBytes(words: Uint32Array): number | undefined {
  return words[0] === announcement ? (words[1] as number) : undefined;
}
