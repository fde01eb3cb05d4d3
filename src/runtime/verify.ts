/** Computes some cases again, one after the other in this process, and compares every bit with what the run has. */
import { createHash } from 'node:crypto';
import { BlockWriter } from '../codec/block.js';
import { type ColumnSpec, type Columns, elements, isNumeric } from '../codec/columns.js';
import type { ReadyKernel } from '../kernels/kernel.js';
import { openResults } from '../results/results.js';
import { createCaseSpace } from '../study/case-space.js';
import type { Study } from '../study/study.js';
import { execute } from '../worker/execute.js';

export interface Verification {
  readonly cases: number;
  /** Cases whose results differ. */
  readonly different: readonly number[];
}

/**
 * `count` of the done cases among the first `total`, drawn by the study's fingerprint, so that the same command
 * verifies the same cases. A failed case must fail again, with the same type and message.
 */
export async function verify(
  runDir: string,
  study: Study,
  kernel: ReadyKernel,
  count: number,
  total: number,
): Promise<Verification> {
  const space = createCaseSpace(study.cases);
  const executor = { kernel, space, worker: 0, signal: new AbortController().signal, log: () => {} };
  const wanted = draw(study.fingerprint, count, total);
  const different: number[] = [];
  let cases = 0;
  for (const batch of openResults(runDir).batches({ withParameters: false })) {
    for (let row = 0; row < batch.count; row++) {
      const index = batch.cases[row] as number;
      if (!wanted.has(index)) continue;
      cases++;
      const again = await execute(executor, index, 1, 1);
      const failure = batch.failures.get(row);
      const kept = rowOf(kernel.outputs, batch.outputs, row);
      const isSame =
        failure || again.failures.length > 0
          ? sameFailure(failure, again.failures[0])
          : bitsOf(kernel.outputs, kept) === bitsOf(kernel.outputs, again.columns);
      if (!isSame) different.push(index);
    }
  }
  return { cases, different };
}

/** Distinct cases out of `0 … total - 1` by a hash of fingerprint and counter. */
function draw(fingerprint: string, count: number, total: number): Set<number> {
  const cases = new Set<number>();
  const wanted = Math.min(count, total);
  for (let counter = 0; cases.size < wanted; counter++) {
    const hash = createHash('sha256').update(`${fingerprint} ${counter}`).digest();
    cases.add(Number(hash.readBigUInt64LE() % BigInt(total)));
  }
  return cases;
}

interface Said {
  readonly status: string;
  readonly type: string;
  readonly message: string;
}

function sameFailure(kept: Said | undefined, again: Said | undefined): boolean {
  return kept?.status === again?.status && kept?.type === again?.type && kept?.message === again?.message;
}

function rowOf(specs: readonly ColumnSpec[], columns: Columns, row: number): Columns {
  return Object.fromEntries(
    specs.map((spec) => {
      const width = elements(spec);
      return [spec.name, columns[spec.name]?.slice(row * width, (row + 1) * width) as Columns[string]];
    }),
  );
}

/** The case as the journal would hold it, as text to compare; timing fields are fixed. */
function bitsOf(specs: readonly ColumnSpec[], columns: Columns): string {
  const numeric = specs.filter((spec) => isNumeric(spec.dtype));
  const rest = specs.filter((spec) => !isNumeric(spec.dtype)).map((spec) => columns[spec.name]);
  const block = {
    first: 0,
    count: 1,
    startedMs: 0,
    elapsedMs: 0,
    worker: 0,
    attempt: 1,
    columns,
    failures: [],
  };
  return Buffer.from(new BlockWriter(numeric).encode(block)).toString('base64') + JSON.stringify(rest);
}
