/**
 * The digest of a bundle, behind its blocks: the runs of its cases (f64 first, f64 count each), then 56 bytes: f64
 * elapsed ms, f64 longest ms of a case, f64 cases, f64 pieces received, f64 pieces held, u32 blocks, u32 blocks with
 * failures, u32 runs, u32 nothing. Behind, because blocks are gathered before it is known what they amount to.
 */
import type { Bundle, Digest, Run } from './message.js';

const runBytes = 16;
const trailerBytes = 56;

export function digestBytes(runs: number): number {
  return runs * runBytes + trailerBytes;
}

export function writeDigest(view: DataView, start: number, digest: Digest): void {
  let at = start;
  for (const { first, count } of digest.runs) {
    view.setFloat64(at, first, true);
    view.setFloat64(at + 8, count, true);
    at += runBytes;
  }
  view.setFloat64(at, digest.elapsedMs, true);
  view.setFloat64(at + 8, digest.longestMs, true);
  view.setFloat64(at + 16, digest.cases, true);
  view.setFloat64(at + 24, digest.credit.received, true);
  view.setFloat64(at + 32, digest.credit.held, true);
  view.setUint32(at + 40, digest.blocks, true);
  view.setUint32(at + 44, digest.failedBlocks, true);
  view.setUint32(at + 48, digest.runs.length, true);
  view.setUint32(at + 52, 0, true);
}

/** `body`: the message without its header. Throws when it is too short to be a bundle. */
export function readBundle(body: Uint8Array): Omit<Bundle, 'kind'> {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const at = body.byteLength - trailerBytes;
  const runCount = at < 0 ? 0 : view.getUint32(at + 48, true);
  const blockBytes = at - runCount * runBytes;
  if (blockBytes < 0) {
    throw new Error(`expected a bundle of blocks, got ${body.byteLength} bytes that say ${runCount} runs`);
  }
  const runs: Run[] = [];
  for (let i = 0; i < runCount; i++) {
    const from = blockBytes + i * runBytes;
    runs.push({ first: view.getFloat64(from, true), count: view.getFloat64(from + 8, true) });
  }
  return {
    blocks: body.subarray(0, blockBytes),
    digest: {
      elapsedMs: view.getFloat64(at, true),
      longestMs: view.getFloat64(at + 8, true),
      cases: view.getFloat64(at + 16, true),
      credit: { received: view.getFloat64(at + 24, true), held: view.getFloat64(at + 32, true) },
      blocks: view.getUint32(at + 40, true),
      failedBlocks: view.getUint32(at + 44, true),
      runs,
    },
  };
}
