/** Tells when levels of cases begin and end, in studies that have levels. Nothing is decided by it. */
import { blockHeaderBytes, readBlockHeader } from '../codec/block.js';
import { dataViewOf } from '../codec/data-view.js';
import type { Chunk } from '../schedule/work-queue.js';
import { formulaEvaluator } from '../study/formulas.js';
import type { Study } from '../study/study.js';
import type { RunListener } from './api.js';

interface Level {
  readonly level: number;
  /** All of its cases, and those that have no result yet. */
  cases: number;
  left: number;
  failed: number;
  startedMs: number;
}

export class LevelWatch {
  readonly #levelOf: Float64Array;
  readonly #levels = new Map<number, Level>();
  readonly #listener: Pick<RunListener, 'onLevelStarted' | 'onLevelCompleted'>;
  /** Levels with cases left, lowest first; the first of them is under way. */
  readonly #open: Level[];

  /** `levelOf`: of cases `0 …`; `ranges`: those that have no result yet. */
  constructor(
    levelOf: Float64Array,
    ranges: readonly Readonly<Chunk>[],
    listener: Pick<RunListener, 'onLevelStarted' | 'onLevelCompleted'>,
  ) {
    this.#levelOf = levelOf;
    this.#listener = listener;
    for (const level of levelOf) this.#of(level).cases++;
    for (const { first, count } of ranges) {
      for (let i = 0; i < count; i++) this.#of(levelOf[first + i]!).left++;
    }
    this.#open = [...this.#levels.values()].filter(({ left }) => left > 0).sort((a, b) => a.level - b.level);
    this.#start();
  }

  failed(index: number): void {
    this.#of(this.#levelOf[index]!).failed++;
  }

  /** Result blocks came, with the last word on all their cases but those in `again`. */
  returned(blocks: Uint8Array, again: readonly number[] = []): void {
    const passed = new Set(again);
    const view = dataViewOf(blocks);
    for (let at = 0; at < blocks.byteLength; ) {
      const { first, count, bodyBytes } = readBlockHeader(view, at);
      for (let index = first; index < first + count; index++) {
        if (!passed.has(index)) this.#of(this.#levelOf[index]!).left--;
      }
      at += blockHeaderBytes + bodyBytes;
    }
    for (let [level] = this.#open; level && level.left <= 0; [level] = this.#open) {
      this.#open.shift();
      this.#complete(level);
      this.#start();
    }
  }

  #start(): void {
    const [level] = this.#open;
    if (!level) return;
    level.startedMs = performance.now();
    this.#listener.onLevelStarted?.({ level: level.level, cases: level.cases });
  }

  #complete({ level, cases, failed, startedMs }: Level): void {
    this.#listener.onLevelCompleted?.({ level, cases, failed, elapsedMs: performance.now() - startedMs });
  }

  #of(level: number): Level {
    let entry = this.#levels.get(level);
    if (!entry) {
      entry = { level, cases: 0, left: 0, failed: 0, startedMs: 0 };
      this.#levels.set(level, entry);
    }
    return entry;
  }
}

/** Of the first `total` cases; undefined for a study without levels. */
export function levelWatch(
  { cases, tasks }: Pick<Study, 'cases' | 'tasks'>,
  total: number,
  ranges: readonly Readonly<Chunk>[],
  listener: Pick<RunListener, 'onLevelStarted' | 'onLevelCompleted'>,
): LevelWatch | undefined {
  if (tasks?.level === undefined) return undefined;
  const [levelOf] = formulaEvaluator(cases, [tasks.level])(0, total);
  return levelOf && new LevelWatch(levelOf, ranges, listener);
}
