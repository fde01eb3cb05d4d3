/**
 * Doubles as 64-bit integers in the same order: the sign bit flipped for positive numbers, all bits for negative
 * ones. Read as four digits of 16 bits, most significant first. NaN has no place in the order.
 */
export const digitCount = 4;
export const digitValues = 1 << 16;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
const halves = new Uint16Array(double.buffer);

/** Digit number `depth` of a double; 0 is the most significant. */
export function orderedDigit(value: number, depth: number): number {
  double[0] = value;
  const half = halves[digitCount - 1 - depth]!;
  if (words[1]! >>> 31 === 1) return half ^ 0xffff;
  return depth === 0 ? half ^ 0x8000 : half;
}

/** The double with these four digits. */
export function fromOrderedDigits(digits: readonly number[]): number {
  const isNegative = digits[0]! < 0x8000;
  for (let depth = 0; depth < digitCount; depth++) {
    const digit = digits[depth]!;
    halves[digitCount - 1 - depth] = isNegative ? digit ^ 0xffff : depth === 0 ? digit ^ 0x8000 : digit;
  }
  return double[0]!;
}
