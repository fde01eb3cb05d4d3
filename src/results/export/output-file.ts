import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { EnvironmentError } from '../../errors/environment-error.js';
import { temporaryPath } from '../../store/atomic-file.js';
import type { Sink } from './sink.js';

/** Those who write text hand it over when it is longer than this: some rows of many elements are more than one string can hold. */
export const longestText = 1 << 24;

/** A file that appears under its name only when it is whole. Close it in every case: without `commit` nothing stays. */
export class OutputFile implements Sink {
  readonly path: string;
  readonly #temporary: string;
  #fd: number | undefined;
  #bytes = 0;

  constructor(path: string) {
    this.path = path;
    this.#temporary = temporaryPath(path);
    this.#fd = this.#attempt(() => openSync(this.#temporary, 'w'));
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#bytes;
  }

  write(bytes: Uint8Array): void {
    const fd = this.#open();
    this.#attempt(() => {
      for (let at = 0; at < bytes.byteLength; ) at += writeSync(fd, bytes, at);
    });
    this.#bytes += bytes.byteLength;
  }

  writeText(text: string): void {
    this.write(Buffer.from(text));
  }

  /** Gives the file its name; what had it before is gone. */
  commit(): void {
    const fd = this.#open();
    this.#attempt(() => {
      fsyncSync(fd);
      closeSync(fd);
      this.#fd = undefined;
      renameSync(this.#temporary, this.path);
    });
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
    rmSync(this.#temporary, { force: true });
  }

  #open(): number {
    if (this.#fd === undefined) throw new Error(`${this.path} is closed`);
    return this.#fd;
  }

  #attempt<T>(operation: () => T): T {
    try {
      return operation();
    } catch (error) {
      throw new EnvironmentError(`cannot write ${this.path}: ${(error as Error).message}`, { cause: error });
    }
  }
}
