#include <math.h>
#include "shoal_kernel.h"

/* Lyapunov exponent of the logistic map x -> r x (1 - x): the mean of log |r (1 - 2 x)| along an orbit. */
int32_t lyapunov(int64_t count, const void *const *inputs, const void *shared, int64_t shared_bytes,
                 void *const *outputs, int32_t *status, void *workspace, int64_t workspace_bytes) {
    const double *r = inputs[0];
    double *exponent = outputs[0];
    (void)shared, (void)shared_bytes, (void)workspace, (void)workspace_bytes;
    for (int64_t i = 0; i < count; i++) {
        double x = 0.5123, sum = 0.0;
        for (int step = 0; step < 2000; step++) {
            x = r[i] * x * (1.0 - x);
            sum += log(fabs(r[i] * (1.0 - 2.0 * x)) + 1e-300);
        }
        exponent[i] = sum / 2000.0;
        status[i] = r[i] >= 0.0 && r[i] <= 4.0 ? 0 : 1; /* outside, orbits leave for infinity */
    }
    return 0;
}

const char *lyapunov_status_text(int32_t status) {
    return status == 1 ? "r lies outside 0 to 4" : "unknown status";
}
