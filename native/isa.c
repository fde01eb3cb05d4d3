#include "isa.h"

/* -1 until the first question; the answer is the same from every thread, so that a race writes the same number. */
static int32_t current = -1;

static int32_t best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) return SHOAL_ISA_AVX512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return SHOAL_ISA_AVX2;
#endif
  return SHOAL_ISA_GENERIC;
}

int32_t shoal_native_isa(int32_t request) {
  if (current < 0) current = best();
  if (request >= SHOAL_ISA_GENERIC && request <= best()) current = request;
  return current;
}
