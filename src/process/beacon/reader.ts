/** The side of the watcher: a file without a name, given to the process as a descriptor and read now and then. */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beaconBytes, cells, lit, recordBytes, slotCells } from './layout.js';

/** What a slot is computing. */
export interface Sighting {
  readonly slot: number;
  /** Another number, another batch or case. */
  readonly starts: number;
  readonly first: number;
  readonly count: number;
  /** By `hostClockMs`. */
  readonly begunMs: number;
  /** Another number, another sign of life. */
  readonly signs: number;
  /** 0 … 1, with its text; undefined when the kernel has told nothing. */
  readonly progress: { readonly fraction: number; readonly text: string } | undefined;
}

export class Beacon {
  /** For the process that is watched. */
  readonly descriptor: number;
  readonly #bytes: Uint8Array;
  #isClosed = false;

  constructor(slots: number) {
    this.#bytes = new Uint8Array(beaconBytes(slots));
    this.descriptor = openNameless(this.#bytes.byteLength);
  }

  /** What runs at this moment, slot by slot; undefined where the process does not use the beacon. */
  look(): readonly Sighting[] | undefined {
    readSync(this.descriptor, this.#bytes, 0, this.#bytes.byteLength, 0);
    return sightingsIn(this.#bytes);
  }

  /** Asks what runs to stop. */
  cancel(): void {
    writeSync(this.descriptor, new Uint8Array(Float64Array.of(1).buffer), 0, 8, cells.cancel * 8);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.descriptor);
  }
}

/** What a copy of the memory shows; undefined when nobody has lit it. */
export function sightingsIn(bytes: Uint8Array): readonly Sighting[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getFloat64(cells.lit * 8, true) !== lit) return undefined;
  const found: Sighting[] = [];
  for (let slot = 0; (2 + slot) * recordBytes <= bytes.byteLength; slot++) {
    const sighting = sightingAt(bytes, view, slot);
    if (sighting.count > 0) found.push(sighting);
  }
  return found;
}

function sightingAt(bytes: Uint8Array, view: DataView, slot: number): Sighting {
  const at = (1 + slot) * recordBytes;
  const cell = (index: number): number => view.getFloat64(at + index * 8, true);
  const fraction = cell(slotCells.fraction);
  const from = at + slotCells.text * 8;
  const text = (): string => new TextDecoder().decode(bytes.subarray(from, from + cell(slotCells.textBytes)));
  return {
    slot,
    starts: cell(slotCells.starts),
    first: cell(slotCells.first),
    count: cell(slotCells.count),
    begunMs: cell(slotCells.begunMs),
    signs: cell(slotCells.signs),
    progress: Number.isNaN(fraction) ? undefined : { fraction, text: text() },
  };
}

/** In memory where that is a file system, so that no disk ever sees it. It goes with the last process that has it. */
function openNameless(bytes: number): number {
  const folder = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const path = join(folder, `shoal-beacon-${process.pid}-${randomUUID()}`);
  const descriptor = openSync(path, 'wx+', 0o600);
  try {
    ftruncateSync(descriptor, bytes);
  } finally {
    unlinkSync(path);
  }
  return descriptor;
}
