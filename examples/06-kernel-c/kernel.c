#include <math.h>
#include "shoal_kernel.h"

/* Lyapunov exponent of the logistic map x -> r x (1 - x): the mean of log |r (1 - 2 x)| along an orbit. */
SHOAL_KERNEL(lyapunov) {
  const double *r = inputs[0];
  double *exponent = outputs[0];
  for (int64_t i = 0; i < count; i++) {
    double x = 0.5123, sum = 0.0;
    for (int step = 0; step < 2000; step++) {
      x = r[i] * x * (1.0 - x);
      sum += log(fabs(r[i] * (1.0 - 2.0 * x)) + 1e-300);
    }
    exponent[i] = sum / 2000.0;
    status[i] = r[i] >= 0.0 && r[i] <= 4.0 ? 0 : 1;
  }
  return 0;
}

const char *lyapunov_status_text(int32_t status) {
  return status == 1 ? "OutsideRange: r must lie in 0 to 4, or orbits leave for infinity" : "unknown";
}
