/*
 * Lanes: a vector of doubles, one model a lane, and the elementwise operations that kernels are made of.
 *
 * A kernel source that includes this is compiled once for each instruction set, with SHOAL_LANES naming the width
 * (8: AVX-512, 4: AVX2 with FMA, 1: generic). Every operation here is correctly rounded and elementwise, so that a
 * lane's bits depend neither on the width nor on its neighbours: fused multiply-adds are explicit, the compiler
 * contracts nothing (-ffp-contract=off), and there are no estimates.
 */
#ifndef SHOAL_LANES_H
#define SHOAL_LANES_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if SHOAL_LANES == 8 || SHOAL_LANES == 4
#include <immintrin.h>
#endif

#if SHOAL_LANES == 8

typedef __m512d lanes;
typedef __m512i lanes_bits;
typedef __mmask8 lanes_mask;
static inline lanes lanes_set(double x) { return _mm512_set1_pd(x); }
static inline lanes lanes_load(const double *p) { return _mm512_loadu_pd(p); }
static inline void lanes_store(double *p, lanes x) { _mm512_storeu_pd(p, x); }
static inline lanes lanes_fma(lanes a, lanes b, lanes c) { return _mm512_fmadd_pd(a, b, c); }
static inline lanes lanes_fms(lanes a, lanes b, lanes c) { return _mm512_fmsub_pd(a, b, c); }
static inline lanes lanes_fnma(lanes a, lanes b, lanes c) { return _mm512_fnmadd_pd(a, b, c); }
static inline lanes lanes_sqrt(lanes x) { return _mm512_sqrt_pd(x); }
static inline lanes_bits lanes_to_bits(lanes x) { return _mm512_castpd_si512(x); }
static inline lanes lanes_from_bits(lanes_bits x) { return _mm512_castsi512_pd(x); }
static inline lanes_bits bits_set(int64_t x) { return _mm512_set1_epi64(x); }
static inline lanes_bits bits_add(lanes_bits a, lanes_bits b) { return _mm512_add_epi64(a, b); }
static inline lanes_bits bits_and(lanes_bits a, lanes_bits b) { return _mm512_and_si512(a, b); }
static inline lanes_bits bits_xor(lanes_bits a, lanes_bits b) { return _mm512_xor_si512(a, b); }
#define bits_shift_left(x, n) _mm512_slli_epi64((x), (n))
static inline lanes_mask bits_test(lanes_bits a, lanes_bits b) { return _mm512_test_epi64_mask(a, b); }
static inline lanes_mask lanes_greater(lanes a, lanes b) { return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ); }
static inline lanes lanes_select(lanes_mask m, lanes yes, lanes no) { return _mm512_mask_blend_pd(m, no, yes); }
static inline int mask_all(lanes_mask m) { return m == 0xff; }

#elif SHOAL_LANES == 4

typedef __m256d lanes;
typedef __m256i lanes_bits;
typedef __m256d lanes_mask;
static inline lanes lanes_set(double x) { return _mm256_set1_pd(x); }
static inline lanes lanes_load(const double *p) { return _mm256_loadu_pd(p); }
static inline void lanes_store(double *p, lanes x) { _mm256_storeu_pd(p, x); }
static inline lanes lanes_fma(lanes a, lanes b, lanes c) { return _mm256_fmadd_pd(a, b, c); }
static inline lanes lanes_fms(lanes a, lanes b, lanes c) { return _mm256_fmsub_pd(a, b, c); }
static inline lanes lanes_fnma(lanes a, lanes b, lanes c) { return _mm256_fnmadd_pd(a, b, c); }
static inline lanes lanes_sqrt(lanes x) { return _mm256_sqrt_pd(x); }
static inline lanes_bits lanes_to_bits(lanes x) { return _mm256_castpd_si256(x); }
static inline lanes lanes_from_bits(lanes_bits x) { return _mm256_castsi256_pd(x); }
static inline lanes_bits bits_set(int64_t x) { return _mm256_set1_epi64x(x); }
static inline lanes_bits bits_add(lanes_bits a, lanes_bits b) { return _mm256_add_epi64(a, b); }
static inline lanes_bits bits_and(lanes_bits a, lanes_bits b) { return _mm256_and_si256(a, b); }
static inline lanes_bits bits_xor(lanes_bits a, lanes_bits b) { return _mm256_xor_si256(a, b); }
#define bits_shift_left(x, n) _mm256_slli_epi64((x), (n))
static inline lanes_mask bits_test(lanes_bits a, lanes_bits b) {
  return _mm256_castsi256_pd(
      _mm256_xor_si256(_mm256_cmpeq_epi64(_mm256_and_si256(a, b), _mm256_setzero_si256()), _mm256_set1_epi64x(-1)));
}
static inline lanes_mask lanes_greater(lanes a, lanes b) { return _mm256_cmp_pd(a, b, _CMP_GT_OQ); }
static inline lanes lanes_select(lanes_mask m, lanes yes, lanes no) { return _mm256_blendv_pd(no, yes, m); }
static inline int mask_all(lanes_mask m) { return _mm256_movemask_pd(m) == 0xf; }

#else

typedef double lanes;
typedef uint64_t lanes_bits;
typedef int lanes_mask;
static inline lanes lanes_set(double x) { return x; }
static inline lanes lanes_load(const double *p) { return *p; }
static inline void lanes_store(double *p, lanes x) { *p = x; }
/* The C library's fma rounds once on every machine, in software where there is no instruction. */
static inline lanes lanes_fma(lanes a, lanes b, lanes c) { return fma(a, b, c); }
static inline lanes lanes_fms(lanes a, lanes b, lanes c) { return fma(a, b, -c); }
static inline lanes lanes_fnma(lanes a, lanes b, lanes c) { return fma(-a, b, c); }
static inline lanes lanes_sqrt(lanes x) { return sqrt(x); }
static inline lanes_bits lanes_to_bits(lanes x) {
  lanes_bits b;
  memcpy(&b, &x, sizeof b);
  return b;
}
static inline lanes lanes_from_bits(lanes_bits b) {
  lanes x;
  memcpy(&x, &b, sizeof x);
  return x;
}
static inline lanes_bits bits_set(int64_t x) { return (lanes_bits)x; }
static inline lanes_bits bits_add(lanes_bits a, lanes_bits b) { return a + b; }
static inline lanes_bits bits_and(lanes_bits a, lanes_bits b) { return a & b; }
static inline lanes_bits bits_xor(lanes_bits a, lanes_bits b) { return a ^ b; }
#define bits_shift_left(x, n) ((x) << (n))
static inline lanes_mask bits_test(lanes_bits a, lanes_bits b) { return (a & b) != 0; }
static inline lanes_mask lanes_greater(lanes a, lanes b) { return a > b; }
static inline lanes lanes_select(lanes_mask m, lanes yes, lanes no) { return m ? yes : no; }
static inline int mask_all(lanes_mask m) { return m; }

#endif

#endif
