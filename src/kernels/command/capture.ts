/** What a command prints, caught in two files without a name. */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Printed } from '../../store/kept-output.js';

/**
 * Files and no pipes, which would have to be emptied while the command runs; and not the file that keeps the output of
 * all commands, since a command may truncate its own: `echo message > /dev/stderr` does.
 */
export class Capture {
  readonly stdout: CapturedStream;
  readonly stderr: CapturedStream;

  /** `folder`: local, writable. */
  constructor(folder: string) {
    this.stdout = new CapturedStream(folder);
    this.stderr = new CapturedStream(folder);
  }

  /** Empties both for the next command. */
  clear(): void {
    this.stdout.clear();
    this.stderr.clear();
  }

  close(): void {
    this.stdout.close();
    this.stderr.close();
  }
}

export class CapturedStream implements Printed {
  readonly descriptor: number;
  #bytes = 0;

  constructor(folder: string) {
    const path = join(folder, 'printed');
    const { O_RDWR, O_CREAT, O_EXCL, O_APPEND } = constants;
    this.descriptor = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_APPEND, 0o600);
    // Nameless, it needs no clean-up, whatever ends this process.
    unlinkSync(path);
  }

  /** By the last `measure`. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Looks how much there is, once a command has ended. */
  measure(): void {
    this.#bytes = fstatSync(this.descriptor).size;
  }

  /** The last bytes as text, at most `most`; all of them when there are fewer. */
  tail(most: number): string {
    const length = Math.min(most, this.#bytes);
    if (length === 0) return '';
    const buffer = Buffer.allocUnsafe(length);
    const read = readSync(this.descriptor, buffer, 0, length, this.#bytes - length);
    return buffer.toString('utf8', 0, read);
  }

  clear(): void {
    if (this.#bytes > 0) ftruncateSync(this.descriptor, 0);
    this.#bytes = 0;
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
