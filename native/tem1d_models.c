/*
 * Models by the vector, one a lane. Compiled once for each width; see lanes.h.
 *
 * For each Laplace node s_j and wavenumber lambda_k, from the bottom layer up (formulas: src/solvers/tem1d/tem1d.ts):
 *
 *   u_i = sqrt(lambda^2 + mu0 s sigma_i)
 *   R_i = mu0 s (sigma_i - sigma_(i+1)) / (u_i + u_(i+1))^2
 *   G_i = exp(-2 u_i h_i) (R_i + G_(i+1)) / (1 + R_i G_(i+1)),   G_N = 0
 *   F   = (R_0 + G_1) / (1 + R_0 G_1),   R_0 = -mu0 s sigma_1 / (lambda + u_1)^2
 *
 * then sum over lambda_k with the Hankel weights, and over s_j with each gate's weights.
 */
#include "lanes_complex.h"
#include "tem1d.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

/*
 * Layers below the depth that a wave reaches and leaves with less than exp(-cut) of itself count as nothing. The
 * lane's own attenuation decides, so that its neighbours may go deeper without changing its bits.
 */
#define CUT 28.0

struct layers {
  lanes *sigma;     /* conductivity, S/m */
  lanes *contrast;  /* sigma_i - sigma_(i+1) */
  lanes *thickness; /* doubled, m */
  clanes *u;        /* vertical wavenumber, 1/m */
  clanes *decay;    /* exp(-2 u_i h_i) */
};

/* exp(-2 u h) of the layers until no lane's wave goes on; returns how many layers have their lower boundary in reach. */
static inline int64_t descend(struct layers l, int64_t count, lanes square, lanes pr, lanes pi) {
  const lanes cut = lanes_set(CUT), zero = lanes_set(0.0);
  lanes total = zero;
  for (int64_t i = 0; i < count; i++) {
    l.u[i] = c_sqrt((clanes){lanes_fma(l.sigma[i], pr, square), l.sigma[i] * pi});
    if (i + 1 == count) break;
    clanes a = c_scale(l.thickness[i], l.u[i]);
    total = total + a.re;
    lanes_mask is_out = lanes_greater(total, cut);
    if (mask_all(is_out)) return i;
    clanes e = c_exp_minus(a);
    l.decay[i] = (clanes){lanes_select(is_out, zero, e.re), lanes_select(is_out, zero, e.im)};
  }
  return count - 1;
}

/* F at the surface, from what `descend` left. */
static inline clanes ascend(struct layers l, int64_t reached, lanes lambda, lanes pr, lanes pi) {
  const clanes p = {pr, pi};
  clanes a = c_scale(-l.sigma[0], p);
  clanes b = c_square((clanes){lambda + l.u[0].re, l.u[0].im});
  if (reached == 0) return c_div(a, b);
  /* G below is 0: leaving it out changes no bit. */
  int64_t i = reached - 1;
  clanes g = c_mul(l.decay[i], c_div(c_scale(l.contrast[i], p), c_square(c_add(l.u[i], l.u[i + 1]))));
  while (--i >= 0) {
    clanes c = c_scale(l.contrast[i], p);
    clanes d = c_square(c_add(l.u[i], l.u[i + 1]));
    g = c_mul(l.decay[i], c_div(c_fma(d, g, c), c_fma(c, g, d)));
  }
  return c_div(c_fma(b, g, a), c_fma(a, g, b));
}

/* The Hankel integral at one node. */
static inline clanes integrate(const struct tem1d_tables *t, struct layers l, int64_t node, int64_t class_index) {
  const int64_t start = (int64_t)t->starts[node * t->classes + class_index];
  const lanes pr = lanes_set(t->induction[2 * node]), pi = lanes_set(t->induction[2 * node + 1]);
  const double *end_weights = t->end_weights + start * t->ends;
  clanes sum = {lanes_set(t->end_constants[start]), lanes_set(0.0)};
  for (int64_t k = start; k < t->wavenumbers; k++) {
    const double lambda = t->lambda[k];
    const lanes weight = lanes_set(k - start < t->ends ? end_weights[k - start] : t->weights[k]);
    int64_t reached = descend(l, t->layers, lanes_set(lambda * lambda), pr, pi);
    clanes f = ascend(l, reached, lanes_set(lambda), pr, pi);
    sum.re = lanes_fma(weight, f.re, sum.re);
    sum.im = lanes_fma(weight, f.im, sum.im);
  }
  return sum;
}

/* One model into one lane. */
static void load_model(const struct tem1d_tables *t, const struct tem1d_batch *batch, double *sigma, double *contrast,
                       double *thickness, int64_t model) {
  const double *resistivities = batch->resistivities + model * t->layers;
  for (int64_t i = 0; i < t->layers; i++) sigma[i * SHOAL_LANES] = 1 / resistivities[i];
  if (t->geometry == TEM1D_NONE) return;
  const double *values = t->geometry == TEM1D_DEPTHS ? batch->geometry + model * t->layers + 1
                                                     : batch->geometry + model * (t->layers - 1);
  for (int64_t i = 0; i + 1 < t->layers; i++) {
    contrast[i * SHOAL_LANES] = sigma[i * SHOAL_LANES] - sigma[(i + 1) * SHOAL_LANES];
    double below = values[i];
    double above = i == 0 || t->geometry == TEM1D_THICKNESSES ? 0 : values[i - 1];
    thickness[i * SHOAL_LANES] = 2 * (below - above);
  }
}

void JOIN(tem1d_models_, SHOAL_LANES)(const struct tem1d_tables *t, const struct tem1d_batch *batch,
                                      int64_t class_index, int64_t count, const int64_t *cases) {
  lanes *at = (lanes *)batch->scratch;
  struct layers l;
  l.sigma = at, at += t->layers;
  l.contrast = at, at += t->layers;
  l.thickness = at, at += t->layers;
  l.u = (clanes *)at, at += 2 * t->layers;
  l.decay = (clanes *)at, at += 2 * t->layers;
  clanes *integrals = (clanes *)at; /* [nodes] */

  for (int64_t first = 0; first < count; first += SHOAL_LANES) {
    const int64_t used = count - first < SHOAL_LANES ? count - first : SHOAL_LANES;
    for (int64_t i = 0; i < SHOAL_LANES; i++) {
      /* Lanes without a model of their own repeat the last one. */
      load_model(t, batch, (double *)l.sigma + i, (double *)l.contrast + i, (double *)l.thickness + i,
                 cases[first + (i < used ? i : used - 1)]);
    }
    for (int64_t j = 0; j < t->nodes; j++) integrals[j] = integrate(t, l, j, class_index);
    for (int64_t g = 0; g < t->gates; g++) {
      const double *weights = t->response + 2 * g * t->nodes;
      lanes sum = lanes_set(t->offsets[g]);
      for (int64_t j = 0; j < t->nodes; j++) {
        sum = lanes_fma(lanes_set(weights[2 * j]), integrals[j].re, sum);
        sum = lanes_fnma(lanes_set(weights[2 * j + 1]), integrals[j].im, sum);
      }
      double values[SHOAL_LANES];
      lanes_store(values, sum);
      for (int64_t i = 0; i < used; i++) batch->responses[cases[first + i] * t->gates + g] = values[i];
    }
  }
}
