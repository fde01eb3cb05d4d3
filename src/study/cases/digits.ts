/** Case indices to digits on the axes. */

/** Writes digit number `axis` of cases `first … first + count - 1`; the last axis is the fastest. */
export type FillDigits = (axis: number, first: number, count: number, out: Float64Array) => void;

export function createDigits(extents: readonly number[]): FillDigits {
  const strides = extents.map((_, axis) =>
    extents.slice(axis + 1).reduce((product, extent) => product * extent, 1),
  );
  return (axis, first, count, out) => {
    const extent = extents[axis]!;
    const stride = strides[axis]!;
    // % is exact for doubles, so that no digit is off near 2^53.
    const within = first % stride;
    let digit = ((first - within) / stride) % extent;
    let left = stride - within;
    for (let i = 0; i < count; ) {
      const end = Math.min(count, i + left);
      out.fill(digit, i, end);
      i = end;
      left = stride;
      digit = digit + 1 === extent ? 0 : digit + 1;
    }
  };
}
