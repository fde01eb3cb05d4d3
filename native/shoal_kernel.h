/*
 * The C form of a kernel: one function that computes a batch of cases.
 *
 *   #include "shoal_kernel.h"
 *
 *   SHOAL_KERNEL(my_kernel) {
 *     const double *x = inputs[0];       // column 0: count values, or count * (product of its shape)
 *     double *y = outputs[0];
 *     for (int64_t i = 0; i < count; i++) {
 *       if (x[i] < 0) { status[i] = 1; continue; }
 *       y[i] = sqrt(x[i]);
 *     }
 *     return 0;
 *   }
 *
 * Columns come in the order in which the study declares them, each `[count, ...shape]` row-major with no gaps:
 * float64 is double, float32 float, int32 int32_t, int64 int64_t, bool uint8_t. Strings do not reach C.
 *
 * What a kernel promises:
 *  - a case gets the same bits whatever batch it comes in, whatever its place there;
 *  - it writes inside outputs, status and workspace only, and keeps nothing between calls, so that calls from
 *    several threads do not meet;
 *  - it does not print, exit, or change signals and the floating-point environment.
 */
#ifndef SHOAL_KERNEL_H
#define SHOAL_KERNEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SHOAL_EXPORT __attribute__((visibility("default")))
#else
#define SHOAL_EXPORT
#endif

/*
 * count            cases in this batch, at least 1
 * inputs           one pointer a column, 8-byte aligned
 * shared           data computed once for the study and given to every rank, or NULL; 8-byte aligned
 * shared_bytes     its length
 * outputs          one pointer a column, 8-byte aligned, zeroed by the caller
 * status           count numbers, zeroed by the caller: 0 = completed, any other = this case failed, and says how
 * workspace        scratch memory, 64-byte aligned, of workspace_bytes; NULL when the kernel asked for none
 *
 * Returns 0, or another number when the whole batch could not be computed (no case of it counts then).
 */
typedef int32_t (*shoal_kernel_fn)(int64_t count, const void *const *inputs, const void *shared,
                                   int64_t shared_bytes, void *const *outputs, int32_t *status, void *workspace,
                                   int64_t workspace_bytes);

/*
 * Companions that a library may export beside the kernel NAME:
 *
 *   NAME_workspace    bytes of workspace that a batch of `count` cases needs; without it, none
 *   NAME_status_text  what a status means, as `Type: sentence`, a string that outlives the call; NULL for an unknown one
 */
typedef int64_t (*shoal_workspace_fn)(int64_t count, const void *shared, int64_t shared_bytes);
typedef const char *(*shoal_status_text_fn)(int32_t status);

/* The head of a kernel function, with the names of the arguments above. */
#define SHOAL_KERNEL(NAME)                                                                                          \
  SHOAL_EXPORT int32_t NAME(int64_t count, const void *const *inputs, const void *shared, int64_t shared_bytes,     \
                            void *const *outputs, int32_t *status, void *workspace, int64_t workspace_bytes)

#ifdef __cplusplus
}
#endif

#endif
