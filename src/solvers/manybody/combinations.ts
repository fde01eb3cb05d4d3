/** Subsets of fragments, in lexicographic order. */

/** All choices of `size` of `items`, in the order of the items. */
export function* combinations<T>(items: readonly T[], size: number): Generator<T[]> {
  if (size > items.length) return;
  const chosen = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    yield chosen.map((i) => items[i]!);
    let place = size - 1;
    while (place >= 0 && chosen[place] === items.length - size + place) place--;
    if (place < 0) return;
    chosen[place]!++;
    for (let i = place + 1; i < size; i++) chosen[i] = chosen[i - 1]! + 1;
  }
}

/** All subsets that have an element at least, smallest first. */
export function subsets<T>(items: readonly T[]): T[][] {
  const found: T[][] = [];
  for (let size = 1; size <= items.length; size++) found.push(...combinations(items, size));
  return found;
}

/** How many choices of `size` of `count` there are; exact up to 2^53. */
export function binomial(count: number, size: number): number {
  if (size < 0 || size > count) return 0;
  let value = 1;
  for (let i = 1; i <= Math.min(size, count - size); i++) value = (value * (count - i + 1)) / i;
  return Math.round(value);
}

/** Order of calculations in a plan: fewer fragments first, then by their numbers. */
export function compareFragments(left: readonly number[], right: readonly number[]): number {
  if (left.length !== right.length) return left.length - right.length;
  for (let i = 0; i < left.length; i++) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
