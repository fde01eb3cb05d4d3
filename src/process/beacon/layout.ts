/**
 * The beacon of a process that runs a kernel: a page of memory, shared through a file, in which it says what it is
 * computing, by a few stores and without a call. Whoever watches it reads the file now and then, since the process
 * itself answers nobody while a kernel computes; after its end the page still says what ended it.
 *
 * Numbers are doubles. A record of `recordCells` for the process:
 *
 *   0  `lit`: the process has the page
 *   1  not 0: what runs is asked to stop (written by the watcher)
 *
 * and one for each slot, which computes one batch at a time:
 *
 *   0  starts, counted: another number, another batch or case
 *   1  first case of what runs
 *   2  how many cases: 1 where the kernel takes single ones, 0 while nothing runs
 *   3  signs of life, counted: reports of progress, and lines for the log
 *   4  progress as told last, 0 … 1; NaN when nothing was told
 *   5  when it began, ms by the clock of `clock.ts`
 *   6  bytes of the text that came with the progress, UTF-8, from cell 7 on
 */
export const cells = { lit: 0, cancel: 1 } as const;
export const slotCells = {
  starts: 0,
  first: 1,
  count: 2,
  signs: 3,
  fraction: 4,
  begunMs: 5,
  textBytes: 6,
  text: 7,
} as const;

export const lit = 0x5a0a1;

export const recordCells = 32;
export const recordBytes = recordCells * 8;
export const textBytes = (recordCells - slotCells.text) * 8;

export function beaconBytes(slots: number): number {
  return (1 + slots) * recordBytes;
}
