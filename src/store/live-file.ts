import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryPath } from './atomic-file.js';

const liveName = 'live.json';

/**
 * `live.json`: where a running session stands, for those who watch from another process. Replaced at most once in
 * `intervalMs`; it is a view of the journal, so neither its loss nor a failed write matters to the run.
 */
export class LiveFile {
  readonly #path: string;
  readonly #intervalMs: number;
  #writtenMs = Number.NEGATIVE_INFINITY;
  #writing: Promise<void> | undefined;

  constructor(runDir: string, intervalMs = 1000) {
    this.#path = join(runDir, liveName);
    this.#intervalMs = intervalMs;
  }

  /** Shows a state, plain JSON, unless another was shown a moment ago. */
  offer(state: () => unknown): void {
    const nowMs = performance.now();
    if (this.#writing || nowMs - this.#writtenMs < this.#intervalMs) return;
    this.#writtenMs = nowMs;
    this.#writing = this.#write(state());
  }

  /** Shows the last `state`, however short ago another was shown. */
  async finish(state: unknown): Promise<void> {
    await this.#writing;
    await this.#write(state);
  }

  async #write(state: unknown): Promise<void> {
    const temporary = temporaryPath(this.#path);
    try {
      await writeFile(temporary, `${JSON.stringify(state)}\n`);
      await rename(temporary, this.#path);
    } catch {
      // A full disk stops the run through its journal, which says so.
    } finally {
      this.#writing = undefined;
    }
  }
}

/** What the last session showed; undefined when it showed nothing. */
export function readLiveFile(runDir: string): unknown {
  try {
    return JSON.parse(readFileSync(join(runDir, liveName), 'utf8'));
  } catch {
    return undefined;
  }
}
