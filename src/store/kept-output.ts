/** What programs printed: gathered in one file for each process that ran any, whatever their number. */
import { closeSync, fdatasync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError } from '../errors/environment-error.js';
import { readManifest } from './manifest.js';

/** Where one program's output is kept; travels with its result. */
export type KeptOutput =
  /** In a file of the folder `output`: from byte `at` on `stdout` bytes, then `stderr` bytes. */
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly at: number;
      readonly stdout: number;
      readonly stderr: number;
    }
  /** Here, because the run directory could not be reached; `cut` bytes in front of both texts are lost. */
  | {
      readonly kind: 'text';
      readonly stdout: string;
      readonly stderr: string;
      readonly cut: number;
    };

/** A file with `bytes` bytes to keep. */
export interface Printed {
  readonly descriptor: number;
  readonly bytes: number;
}

/** Time after which what was written is sent to the disk, where other hosts see it too. */
const syncMs = 1_000;

/** Writers that this process has opened: their files must not have one name. */
let opened = 0;

/** Appends outputs to a file of its own in a run directory. */
export class OutputWriter {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafeSlow(64 * 1024);
  #at = 0;
  #timer: NodeJS.Timeout | undefined;

  private constructor(folder: string) {
    this.#file = `${hostname()}-${process.pid}-${Date.now().toString(36)}-${++opened}`;
    this.#descriptor = openSync(join(folder, this.#file), 'wx');
  }

  /** Undefined where this host does not see the run directory of the study with this fingerprint. */
  static open(runDir: string, fingerprint: string): OutputWriter | undefined {
    try {
      if (readManifest(runDir)?.fingerprint !== fingerprint) return undefined;
      const folder = outputFolder(runDir);
      mkdirSync(folder, { recursive: true });
      return new OutputWriter(folder);
    } catch {
      return undefined;
    }
  }

  append(stdout: Printed, stderr: Printed): KeptOutput {
    const at = this.#at;
    this.#copy(stdout);
    this.#copy(stderr);
    this.#timer ??= setTimeout(() => this.#sync(), syncMs).unref();
    return { kind: 'file', file: this.#file, at, stdout: stdout.bytes, stderr: stderr.bytes };
  }

  close(): void {
    clearTimeout(this.#timer);
    closeSync(this.#descriptor);
  }

  #copy({ descriptor, bytes }: Printed): void {
    for (let done = 0; done < bytes; ) {
      const read = readSync(
        descriptor,
        this.#buffer,
        0,
        Math.min(bytes - done, this.#buffer.byteLength),
        done,
      );
      if (read === 0) throw new Error(`expected ${bytes} bytes of output, got ${done}`);
      for (let at = 0; at < read; ) {
        at += writeSync(this.#descriptor, this.#buffer, at, read - at, this.#at + at);
      }
      this.#at += read;
      done += read;
    }
  }

  #sync(): void {
    this.#timer = undefined;
    fdatasync(this.#descriptor, () => {});
  }
}

/** The kept bytes of one stream, piece by piece. */
export function* readKept(
  runDir: string,
  kept: KeptOutput,
  stream: 'stdout' | 'stderr',
): Generator<Uint8Array> {
  if (kept.kind === 'text') {
    yield Buffer.from(kept[stream]);
    return;
  }
  const path = join(outputFolder(runDir), kept.file);
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    throw new EnvironmentError(`the output cannot be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    let at = stream === 'stdout' ? kept.at : kept.at + kept.stdout;
    const end = at + kept[stream];
    while (at < end) {
      const piece = Buffer.allocUnsafe(Math.min(end - at, 1 << 20));
      const read = readSync(descriptor, piece, 0, piece.byteLength, at);
      if (read === 0) {
        throw new EnvironmentError(`${path} ends at byte ${at}, before the end of this output at ${end}`);
      }
      yield piece.subarray(0, read);
      at += read;
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Where a run directory has them. */
export function outputFolder(runDir: string): string {
  return join(runDir, 'output');
}
