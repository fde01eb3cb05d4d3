/* Complex numbers in lanes, and the two functions of them that diffusion needs. */
#ifndef SHOAL_LANES_COMPLEX_H
#define SHOAL_LANES_COMPLEX_H

#include "lanes.h"

typedef struct {
  lanes re, im;
} clanes;

static inline clanes c_add(clanes a, clanes b) { return (clanes){a.re + b.re, a.im + b.im}; }

static inline clanes c_mul(clanes a, clanes b) {
  return (clanes){lanes_fms(a.re, b.re, a.im * b.im), lanes_fma(a.re, b.im, a.im * b.re)};
}

/* a b + c */
static inline clanes c_fma(clanes a, clanes b, clanes c) {
  return (clanes){lanes_fnma(a.im, b.im, lanes_fma(a.re, b.re, c.re)),
                  lanes_fma(a.im, b.re, lanes_fma(a.re, b.im, c.im))};
}

static inline clanes c_square(clanes a) {
  return (clanes){lanes_fms(a.re, a.re, a.im * a.im), (a.re + a.re) * a.im};
}

static inline clanes c_scale(lanes s, clanes a) { return (clanes){s * a.re, s * a.im}; }

/* a / b without scaling: |b|^2 must neither overflow nor vanish. */
static inline clanes c_div(clanes a, clanes b) {
  lanes r = lanes_set(1.0) / lanes_fma(b.re, b.re, b.im * b.im);
  return (clanes){lanes_fma(a.re, b.re, a.im * b.im) * r, lanes_fms(a.im, b.re, a.re * b.im) * r};
}

/*
 * The root with positive real part. |arg a| stays below 130 degrees, so that |a| + Re a never cancels to less than
 * a third of |a|, and no case distinction is needed.
 */
static inline clanes c_sqrt(clanes a) {
  lanes size = lanes_sqrt(lanes_fma(a.re, a.re, a.im * a.im));
  lanes re = lanes_sqrt(lanes_set(0.5) * (size + a.re));
  return (clanes){re, a.im / (re + re)};
}

/*
 * exp(-a) for 0 <= Re a <= 700 and |Im a| < 1e6, to two units in the last place of its size.
 *
 * The size: 2^n exp(r), |r| <= ln 2 / 2, Taylor to degree 11 (remainder 6e-15). The angle: reduced by quarter turns
 * with pi/2 in two parts, Taylor of sine and cosine on |r| <= pi/4 (remainder 2e-15). Adding 1.5 * 2^52 rounds
 * to the nearest integer and leaves it in the low bits of the sum.
 */
static inline clanes c_exp_minus(clanes a) {
  const lanes round = lanes_set(0x1.8p52);

  lanes t = lanes_fnma(a.re, lanes_set(0x1.71547652b82fep+0), round);
  lanes n = t - round;
  lanes r = lanes_fnma(n, lanes_set(0x1.62e42fefa39efp-1), -a.re);
  lanes e = lanes_set(1.0 / 39916800);
  e = lanes_fma(e, r, lanes_set(1.0 / 3628800));
  e = lanes_fma(e, r, lanes_set(1.0 / 362880));
  e = lanes_fma(e, r, lanes_set(1.0 / 40320));
  e = lanes_fma(e, r, lanes_set(1.0 / 5040));
  e = lanes_fma(e, r, lanes_set(1.0 / 720));
  e = lanes_fma(e, r, lanes_set(1.0 / 120));
  e = lanes_fma(e, r, lanes_set(1.0 / 24));
  e = lanes_fma(e, r, lanes_set(1.0 / 6));
  e = lanes_fma(e, r, lanes_set(0.5));
  e = lanes_fma(e, r, lanes_set(1.0));
  e = lanes_fma(e, r, lanes_set(1.0));
  lanes size = lanes_from_bits(bits_add(lanes_to_bits(e), bits_shift_left(lanes_to_bits(t), 52)));

  lanes q = lanes_fma(a.im, lanes_set(0x1.45f306dc9c883p-1), round);
  lanes m = q - round;
  lanes y = lanes_fnma(m, lanes_set(0x1.921fb54442d18p+0), a.im);
  y = lanes_fnma(m, lanes_set(0x1.1a62633145c07p-54), y);
  lanes z = y * y;
  lanes s = lanes_set(1.0 / 6227020800);
  s = lanes_fma(s, z, lanes_set(-1.0 / 39916800));
  s = lanes_fma(s, z, lanes_set(1.0 / 362880));
  s = lanes_fma(s, z, lanes_set(-1.0 / 5040));
  s = lanes_fma(s, z, lanes_set(1.0 / 120));
  s = lanes_fma(s, z, lanes_set(-1.0 / 6));
  s = lanes_fma(s * z, y, y);
  lanes c = lanes_set(-1.0 / 87178291200);
  c = lanes_fma(c, z, lanes_set(1.0 / 479001600));
  c = lanes_fma(c, z, lanes_set(-1.0 / 3628800));
  c = lanes_fma(c, z, lanes_set(1.0 / 40320));
  c = lanes_fma(c, z, lanes_set(-1.0 / 720));
  c = lanes_fma(c, z, lanes_set(1.0 / 24));
  c = lanes_fma(c, z, lanes_set(-0.5));
  c = lanes_fma(c, z, lanes_set(1.0));

  /* Quarter turns m mod 4: odd ones swap sine and cosine; bit 1 turns the sine's sign, bit 1 of m + 1 the cosine's. */
  lanes_bits quarter = lanes_to_bits(q);
  lanes_mask odd = bits_test(quarter, bits_set(1));
  lanes cosine = lanes_select(odd, s, c);
  lanes sine = lanes_select(odd, c, s);
  lanes_bits two = bits_set(2);
  lanes_bits sine_sign = bits_shift_left(bits_and(quarter, two), 62);
  lanes_bits cosine_sign = bits_shift_left(bits_and(bits_add(quarter, bits_set(1)), two), 62);
  /* exp(-i y) = cos y - i sin y */
  sine_sign = bits_xor(sine_sign, bits_set(INT64_MIN));
  cosine = lanes_from_bits(bits_xor(lanes_to_bits(cosine), cosine_sign));
  sine = lanes_from_bits(bits_xor(lanes_to_bits(sine), sine_sign));
  return (clanes){size * cosine, size * sine};
}

#endif
