/* Which instruction set the kernels of this library run on. */
#ifndef SHOAL_ISA_H
#define SHOAL_ISA_H

#include "shoal_kernel.h"

enum { SHOAL_ISA_GENERIC = 0, SHOAL_ISA_AVX2 = 1, SHOAL_ISA_AVX512 = 2 };

/*
 * The set in use. `request` -1 leaves it as it is, one of the numbers above asks for that set (tests compare their
 * bits); a set that this CPU lacks is refused by answering with the one still in use.
 */
SHOAL_EXPORT int32_t shoal_native_isa(int32_t request);

#endif
