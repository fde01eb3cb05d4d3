/** Assignments on their way to one worker: gathered, then sent as one message and noted in the journal. */
import { assignmentBytes, headerBytes, writeAssignment, writeHeader } from '../messages/wire.js';
import { writeAssignment as writeRecord } from '../store/journal/records.js';

const capacity = 256;

export class AssignmentBuffer {
  readonly #worker: number;
  readonly #bytes = new Uint8Array(headerBytes + capacity * assignmentBytes);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #record = new Uint8Array(capacity * assignmentBytes);
  readonly #recordView = new DataView(this.#record.buffer);
  readonly #messages: Uint8Array[] = [];
  readonly #records: Uint8Array[] = [];
  #count = 0;

  constructor(worker: number) {
    this.#worker = worker;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get isFull(): boolean {
    return this.#count === capacity;
  }

  add(first: number, count: number, attempt: number, isAlone: boolean): void {
    writeAssignment(this.#view, headerBytes + this.#count * assignmentBytes, first, count, attempt, isAlone);
    writeRecord(this.#recordView, this.#count * assignmentBytes, this.#worker, first, count, isAlone);
    this.#count++;
  }

  /** What was added, as a record of the journal; valid until the next `add`. */
  record(): Uint8Array {
    return prefix(this.#record, this.#records, this.#count * assignmentBytes, this.#count);
  }

  /** What was added, as a message; valid until the next `add`. The buffer is empty from here on. */
  take(): Uint8Array {
    const count = this.#count;
    writeHeader(this.#view, 'assign', count * assignmentBytes);
    this.#count = 0;
    return prefix(this.#bytes, this.#messages, headerBytes + count * assignmentBytes, count);
  }
}

/** The first bytes of a buffer; views are kept by count, because making one costs more than filling it. */
function prefix(bytes: Uint8Array, views: Uint8Array[], length: number, count: number): Uint8Array {
  let view = views[count];
  if (!view) {
    view = bytes.subarray(0, length);
    views[count] = view;
  }
  return view;
}
