/** What a process prints right before it aborts its job: it must be with the launcher by then. */
import { fstatSync, writeSync } from 'node:fs';
import { unreadBytes } from '../ffi/unread-bytes.js';

/** A launcher on a busy machine needs a moment; one whose own output nobody reads must not keep the job alive. */
const limitMs = 5_000;

/** Writes all of a text to standard error, also when something has set its pipe to non-blocking. */
export function writeLastWords(text: string): void {
  const bytes = Buffer.from(text);
  const end = performance.now() + limitMs;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(2, bytes, at);
    } catch (error) {
      // Without anyone who reads, the exit code says what is left to say.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > end) return;
      pause();
    }
  }
}

/**
 * Waits until the launcher has read what this process printed. Hydra ends itself and its helpers at once when it hears of
 * an abort, and what lies in the pipes of the ranks then is lost.
 */
export function awaitReaders(): void {
  const end = performance.now() + limitMs;
  for (const descriptor of [1, 2]) {
    if (!isPipe(descriptor)) continue;
    while (unreadBytes(descriptor) > 0 && performance.now() < end) pause();
  }
}

function isPipe(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFIFO();
  } catch {
    return false;
  }
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}
