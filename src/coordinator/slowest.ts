/** The cases that took longest so far. Most blocks cost one comparison: only those that stand out are kept. */

export interface SlowBlock {
  readonly first: number;
  readonly count: number;
  /** Time of a case; the mean where the block has several. */
  readonly caseMs: number;
  readonly worker: number;
  readonly attempt: number;
}

const kept = 12;
/** Nobody looks for cases shorter than this. */
const leastMs = 1;

export class SlowestCases {
  /** A block belongs here when its cases took longer than this. */
  thresholdMs = leastMs;
  #blocks: SlowBlock[] = [];

  /** Slowest first. */
  get blocks(): readonly SlowBlock[] {
    return this.#blocks;
  }

  add(block: SlowBlock): void {
    const blocks = this.#blocks;
    let at = blocks.length;
    while (at > 0 && (blocks[at - 1] as SlowBlock).caseMs < block.caseMs) at--;
    blocks.splice(at, 0, block);
    if (blocks.length > kept) blocks.pop();
    if (blocks.length === kept) this.thresholdMs = (blocks.at(-1) as SlowBlock).caseMs;
  }
}
