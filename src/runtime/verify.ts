/** Computes some cases again, one after the other in this process, and compares every bit with what the run has. */
import { createHash } from 'node:crypto';
import type { Failure } from '../codec/block.js';
import { allocateColumns, type Columns, isResult } from '../codec/columns.js';
import type { ReadyKernel } from '../kernels/kernel.js';
import { ownSlot } from '../kernels/own-slot.js';
import { isFatal } from '../messages/failure-class.js';
import { availableCores } from '../process/node/cores.js';
import { openResults } from '../results/results.js';
import { differences } from '../results/verify.js';
import type { JournalIndex } from '../store/journal/journal-index.js';
import { createCaseSpace } from '../study/case-space.js';
import { formulaEvaluator } from '../study/formulas.js';
import type { Study } from '../study/study.js';
import { execute } from '../worker/execute.js';
import { Grants } from '../worker/grants.js';

export interface Verification {
  readonly cases: number;
  /** Cases whose results differ. */
  readonly different: readonly number[];
}

/**
 * `count` of the done cases among the first `total`, drawn by the study's fingerprint, so that the same command
 * verifies the same cases. A failed case must fail again, with the same type and message; one that ended its process or
 * never ended is left out.
 */
export async function verify(
  runDir: string,
  study: Study,
  kernel: ReadyKernel,
  count: number,
  total: number,
): Promise<Verification> {
  const space = createCaseSpace(study.cases);
  const { slot, close } = ownSlot(() => {});
  const grants = new Grants(availableCores(), study.execution);
  const coresOf = coresFormula(study);
  const executor = { kernel, space, slot, isRefusingNaN: study.execution.nan === 'refuse' };
  const results = openResults(runDir);
  const attemptOf = attemptsThatCount(results.index);
  const kept = results.pick(draw(study.fingerprint, count, total), { withParameters: false });
  const specs = kernel.outputs.filter(isResult);
  const outputs = allocateColumns(specs, kept.count);
  const failures = new Map<number, Failure>();
  let verified = 0;
  for (let row = 0; row < kept.count; row++) {
    const before = kept.failures.get(row);
    // Whoever computed it again might end as its worker did.
    if (before && isFatal(before)) {
      failures.set(row, before);
      continue;
    }
    verified++;
    const index = kept.cases[row] as number;
    grants.add([{ case: index, ...coresOf(index) }]);
    const allotment = grants.enter(index);
    if (allotment) slot.allot(allotment);
    const block = await execute(executor, index, 1, attemptOf(index), performance.now());
    const [failure] = block.failures;
    if (failure) failures.set(row, failure);
    copyRow(outputs, block.columns, row);
  }
  close();
  const different = differences(specs, kept, { outputs, failures });
  return { cases: verified, different: different.map((difference) => difference.case) };
}

/** What a case occupies of cores, where the study says: kernels see as many threads as they had in the run. */
function coresFormula({ cases, tasks }: Study): (index: number) => { readonly cores?: number } {
  const formula = tasks?.resources?.cores;
  if (formula === undefined) return () => ({});
  const evaluate = formulaEvaluator(cases, [formula]);
  return (index) => {
    const cores = evaluate(index, 1)[0]![0]!;
    return cores > 0 ? { cores } : {};
  };
}

/** By case: the attempt whose result counts. Kernels see which one it is, and may take turns by it. */
function attemptsThatCount({ pieces, blocks }: JournalIndex): (index: number) => number {
  return (index) => {
    const piece = pieces.find(({ first, count }) => index >= first && index < first + count);
    return piece ? (blocks.attempt[piece.block] as number) : 1;
  };
}

/** Distinct cases out of `0 … total - 1`, ascending, by a hash of fingerprint and counter. */
function draw(fingerprint: string, count: number, total: number): readonly number[] {
  const cases = new Set<number>();
  const wanted = Math.min(count, total);
  for (let counter = 0; cases.size < wanted; counter++) {
    const hash = createHash('sha256').update(`${fingerprint} ${counter}`).digest();
    cases.add(Number(hash.readBigUInt64LE() % BigInt(total)));
  }
  return [...cases].sort((a, b) => a - b);
}

function copyRow(all: Columns, one: Columns, row: number): void {
  for (const [name, into] of Object.entries(all) as [string, unknown[]][]) {
    const values = one[name] as unknown[];
    for (let i = 0; i < values.length; i++) into[row * values.length + i] = values[i];
  }
}
