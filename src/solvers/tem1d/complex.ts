/** Complex arithmetic into given targets, which may be operands too: the counterpart of native/lanes_complex.h. */

export class Complex {
  re: number;
  im: number;

  constructor(re = 0, im = 0) {
    this.re = re;
    this.im = im;
  }

  set(re: number, im: number): void {
    this.re = re;
    this.im = im;
  }
}

export function multiply(out: Complex, a: Complex, b: Complex): void {
  out.set(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
}

/** a b + c */
export function addMultiple(out: Complex, a: Complex, b: Complex, c: Complex): void {
  out.set(a.re * b.re + c.re - a.im * b.im, a.re * b.im + c.im + a.im * b.re);
}

export function square(out: Complex, re: number, im: number): void {
  out.set(re * re - im * im, 2 * re * im);
}

/** a / b without scaling: |b|^2 must neither overflow nor vanish. */
export function divide(out: Complex, a: Complex, b: Complex): void {
  const r = 1 / (b.re * b.re + b.im * b.im);
  out.set((a.re * b.re + a.im * b.im) * r, (a.im * b.re - a.re * b.im) * r);
}

/**
 * The root with positive real part. Its argument stays below 130 degrees, so that size + re never cancels to less
 * than a third of the size.
 */
export function rootOf(out: Complex, re: number, im: number): void {
  const root = Math.sqrt(0.5 * (Math.sqrt(re * re + im * im) + re));
  out.set(root, im / (root + root));
}

/** exp(-(re + i im)) */
export function expMinus(out: Complex, re: number, im: number): void {
  const size = Math.exp(-re);
  out.set(size * Math.cos(im), -size * Math.sin(im));
}
