/** The side of the process that runs a kernel. Nothing here may cost more than a few stores and a look at the clock. */
import { hostClockMs } from './clock.js';
import { beaconBytes, cells, lit, recordBytes, recordCells, slotCells, textBytes } from './layout.js';

export class BeaconWriter {
  readonly #memory: ArrayBufferLike;
  readonly #cells: Float64Array;

  /** `memory` that a watcher looks at, or any for nobody's. */
  constructor(memory: ArrayBufferLike = new ArrayBuffer(beaconBytes(1))) {
    this.#memory = memory;
    this.#cells = new Float64Array(memory, 0, recordCells);
    this.#cells[cells.lit] = lit;
  }

  get slots(): number {
    return Math.floor(this.#memory.byteLength / recordBytes) - 1;
  }

  /** True once the watcher wants what runs to stop. */
  get isCancelled(): boolean {
    return this.#cells[cells.cancel] !== 0;
  }

  slot(index: number): BeaconSlot {
    return new BeaconSlot(this.#memory, (1 + index) * recordBytes);
  }
}

/** Of one batch at a time. */
export class BeaconSlot {
  readonly #cells: Float64Array;
  readonly #text: Uint8Array;

  constructor(memory: ArrayBufferLike, byteOffset: number) {
    this.#cells = new Float64Array(memory, byteOffset, recordCells);
    this.#text = new Uint8Array(memory, byteOffset + slotCells.text * 8, textBytes);
  }

  /** The kernel is called for these cases. */
  begin(first: number, count: number): void {
    const record = this.#cells;
    record[slotCells.fraction] = Number.NaN;
    record[slotCells.first] = first;
    record[slotCells.count] = count;
    record[slotCells.begunMs] = hostClockMs();
    record[slotCells.starts] = (record[slotCells.starts] as number) + 1;
  }

  /** It has returned. */
  end(): void {
    this.#cells[slotCells.count] = 0;
  }

  sign(): void {
    this.#cells[slotCells.signs] = (this.#cells[slotCells.signs] as number) + 1;
  }

  progress(fraction: number, text: string): void {
    const { written } = encoder.encodeInto(text, this.#text);
    this.#cells[slotCells.textBytes] = written;
    this.#cells[slotCells.fraction] = fraction;
    this.sign();
  }
}

const encoder = new TextEncoder();
