/**
 * Exact order statistics of more numbers than memory holds, in a few passes over them.
 *
 * The first pass counts the numbers by the leading 16 bits of their ordered form (ordered-bits). Later passes look
 * only at numbers that agree with the leading bits of a wanted one: as long as these are many they are counted by
 * their next 16 bits, then they are kept and sorted. Four passes fix all 64 bits in any case.
 */
import { digitCount, digitValues, fromOrderedDigits, orderedDigit } from './ordered-bits.js';

/** Memory that several searches share for numbers they keep. */
export interface KeepBudget {
  values: number;
}

/** Numbers that agree in their first digits, and what is known of them. */
type Node =
  | { readonly kind: 'counting'; readonly digits: readonly number[]; readonly counts: Uint32Array }
  | { readonly kind: 'kept'; readonly values: Float64Array; fill: number }
  | { readonly kind: 'equal'; readonly value: number }
  | { readonly kind: 'split'; readonly slots: Uint16Array; readonly parts: Part[] };

/** Numbers of a split node that also agree in the next digit. */
interface Part {
  /** How many numbers of the node come in front of them. */
  readonly before: number;
  readonly count: number;
  node: Node;
}

export class RankSearch {
  #root: Node = counting([]);
  #isDone = false;

  /** True once every wanted number is known: no further pass is needed. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** Takes a number, not NaN; fewer than 2^32 of them. Every pass must bring the same numbers, in any order. */
  add(value: number): void {
    let node = this.#root;
    for (let depth = 0; ; depth++) {
      switch (node.kind) {
        case 'counting':
          node.counts[orderedDigit(value, depth)]!++;
          return;
        case 'kept':
          node.values[node.fill++] = value;
          return;
        case 'equal':
          return;
        case 'split': {
          const slot = node.slots[orderedDigit(value, depth)]!;
          if (slot === 0) return;
          node = node.parts[slot - 1]!.node;
          break;
        }
        default:
          node satisfies never;
      }
    }
  }

  /** Ends a pass. `ranks` are the wanted positions in ascending order, from 0, the same in every pass. */
  endPass(ranks: readonly number[], budget: KeepBudget): void {
    const sorted = [...new Set(ranks)].sort((a, b) => a - b);
    this.#isDone = true;
    this.#root = this.#close(this.#root, sorted, budget);
  }

  /** The number at a wanted position in ascending order. */
  at(rank: number): number {
    let node = this.#root;
    let inside = rank;
    while (node.kind === 'split') {
      const part = node.parts.findLast(({ before }) => before <= inside);
      if (!part || inside >= part.before + part.count) throw new RangeError(`rank ${rank} was not searched`);
      inside -= part.before;
      node = part.node;
    }
    if (node.kind === 'kept') return node.values[inside]!;
    if (node.kind === 'equal') return node.value;
    throw new RangeError(`rank ${rank} was not searched`);
  }

  #close(node: Node, ranks: readonly number[], budget: KeepBudget): Node {
    switch (node.kind) {
      case 'counting':
        return ranks.length > 0 ? this.#split(node, ranks, budget) : node;
      case 'kept':
        // Numerical order, minus zero in front of zero; no NaN is among them.
        node.values.sort();
        return node;
      case 'equal':
        return node;
      case 'split':
        for (const part of node.parts) {
          const inside = ranks
            .filter((rank) => rank >= part.before && rank < part.before + part.count)
            .map((rank) => rank - part.before);
          part.node = this.#close(part.node, inside, budget);
        }
        return node;
      default:
        return node satisfies never;
    }
  }

  #split(node: Extract<Node, { kind: 'counting' }>, ranks: readonly number[], budget: KeepBudget): Node {
    const slots = new Uint16Array(digitValues);
    const parts: Part[] = [];
    let before = 0;
    let next = 0;
    for (let digit = 0; digit < digitValues && next < ranks.length; digit++) {
      const count = node.counts[digit]!;
      if (ranks[next]! < before + count) {
        parts.push({ before, count, node: this.#narrow([...node.digits, digit], count, budget) });
        slots[digit] = parts.length;
        while (next < ranks.length && ranks[next]! < before + count) next++;
      }
      before += count;
    }
    return { kind: 'split', slots, parts };
  }

  #narrow(digits: readonly number[], count: number, budget: KeepBudget): Node {
    if (digits.length === digitCount) return { kind: 'equal', value: fromOrderedDigits(digits) };
    this.#isDone = false;
    if (count > budget.values) return counting(digits);
    budget.values -= count;
    return { kind: 'kept', values: new Float64Array(count), fill: 0 };
  }
}

function counting(digits: readonly number[]): Node {
  return { kind: 'counting', digits, counts: new Uint32Array(digitValues) };
}
