/** What is known of the times of a study's cases before any of them is computed now. */
import type { ReadyKernel } from '../../kernels/kernel.js';
import { CostLedger } from '../../schedule/cost-ledger.js';
import type { CostModel } from '../../schedule/costs.js';
import type { KeptCosts } from '../../schedule/kept-costs.js';
import type { BlockList } from '../../store/journal/block-list.js';
import { createCostModel } from '../../study/cost.js';
import type { Study } from '../../study/study.js';
import { costSubject, recallCosts } from './cost-memory.js';

export interface KnownCosts {
  /** What the study says, with what earlier runs learned; undefined where it says nothing. */
  readonly model: CostModel | undefined;
  /** Undefined where no case of the kernel was measured under the same conditions. */
  readonly costs: KeptCosts | undefined;
  /** Where they come from, in words. */
  readonly source: string | undefined;
}

export interface KnownCostsRequest {
  readonly study: Study;
  readonly kernel: ReadyKernel;
  readonly runDir: string;
  /** What the run directory's journal holds; undefined where there is none. */
  readonly blocks: BlockList | undefined;
  readonly onNotice: (message: string) => void;
}

/** What the run directory keeps; else what its journal says, where a session was killed; else what other runs left. */
export function knownCosts({ study, kernel, runDir, blocks, onNotice }: KnownCostsRequest): KnownCosts {
  const model = createCostModel(study);
  const measured = (): KeptCosts | undefined =>
    blocks && blocks.length > 0 ? costsOf(blocks, study, model) : undefined;
  const recalled = recallCosts({ runDir, subject: costSubject(study, kernel), measured, onNotice });
  const { costs, learned, source } = recalled ?? {};
  return { model: withEarlier(model, learned, costs), costs, source };
}

function withEarlier(
  model: CostModel | undefined,
  learned: KeptCosts['learned'],
  costs: KeptCosts | undefined,
): CostModel | undefined {
  if (!model) return undefined;
  return {
    ...model,
    ...(costs && { msPerUnit: costs.msPerUnit }),
    ...(model.kind === 'features' && learned && { earlier: learned }),
  };
}

/** From the blocks of a journal. */
function costsOf(blocks: BlockList, study: Study, model: CostModel | undefined): KeptCosts | undefined {
  const ledger = new CostLedger([{ first: 0, count: study.cases.count }], model);
  for (let block = 0; block < blocks.length; block++) {
    const { first, count, elapsedMs, failureBytes } = blocks;
    ledger.observeBlock(first[block]!, count[block]!, elapsedMs[block]!, failureBytes[block] === 0);
  }
  return ledger.keep();
}

/** Groups of ranks that compute a case each. */
export function workersOf(ranks: number, { execution }: Pick<Study, 'execution'>): number {
  const { ranksPerTask } = execution;
  // Rank 0 has its kernel beside it, unless that is an MPI kernel.
  return ranksPerTask === 1 ? ranks : Math.max(1, Math.floor((ranks - 1) / ranksPerTask));
}
