/*
 * tem1d on every instruction set that this CPU has: the same bits, whatever the batch, its order and its neighbours.
 * The tables are made up: bits depend on the arithmetic alone, and odd numbers reach more of it than a real survey.
 */
#include "tem1d.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa.h"

static uint64_t state = 88172645463325252u;

/* xorshift64, to [0, 1) */
static double uniform(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (double)(state >> 11) * 0x1p-53;
}

static int failures = 0;

static void expect(int is_true, const char *what) {
  if (is_true) return;
  fprintf(stderr, "not true: %s\n", what);
  failures++;
}

struct study {
  int64_t layers, geometry, gates, count, width, shared_bytes, workspace_bytes;
  double *shared, *resistivities, *second, *responses;
  int32_t *status;
  void *workspace;
};

/* Nodes within 113 degrees of the real axis, wavenumbers 1e-4 to 10 /m, weights of any sign. */
static void make_tables(struct study *s) {
  enum { NODES = 5, WAVENUMBERS = 37, ENDS = 4, CLASSES = 18 };
  const int64_t doubles =
      TEM1D_HEAD + 2 * NODES + NODES * CLASSES + WAVENUMBERS * (3 + ENDS) + 2 * s->gates * NODES + s->gates;
  s->shared_bytes = doubles * 8;
  double *at = s->shared = calloc((size_t)doubles, 8);
  const double head[] = {tem1d_format, (double)s->layers, (double)s->geometry, NODES, (double)s->gates, WAVENUMBERS,
                         ENDS, CLASSES, -30};
  memcpy(at, head, sizeof head);
  at += TEM1D_HEAD;
  for (int j = 0; j < NODES; j++) {
    double size = 1.2566e-6 * pow(10, 3 + 4 * uniform()), angle = 1.97 * uniform();
    *at++ = size * cos(angle), *at++ = size * sin(angle);
  }
  for (int j = 0; j < NODES * CLASSES; j++) *at++ = floor(uniform() * (WAVENUMBERS - ENDS));
  for (int k = 0; k < WAVENUMBERS; k++) *at++ = 1e-4 * pow(10, 5.0 * k / (WAVENUMBERS - 1));
  while (at < s->shared + doubles) *at++ = uniform() - 0.5;
}

static void make_models(struct study *s) {
  s->width = s->geometry == TEM1D_NONE ? 0 : s->geometry == TEM1D_DEPTHS ? s->layers : s->layers - 1;
  s->resistivities = calloc((size_t)(s->count * s->layers), 8);
  s->second = calloc((size_t)(s->count * s->width + 1), 8);
  s->responses = calloc((size_t)(s->count * s->gates), 8);
  s->status = calloc((size_t)s->count, sizeof(int32_t));
  for (int64_t i = 0; i < s->count * s->layers; i++) s->resistivities[i] = pow(10, 8 * uniform() - 3);
  for (int64_t i = 0; i < s->count; i++) {
    double depth = 0;
    for (int64_t k = 0; k < s->width; k++) {
      double thickness = pow(10, 4 * uniform() - 1);
      if (s->geometry != TEM1D_DEPTHS || k > 0) depth += thickness;
      s->second[i * s->width + k] = s->geometry == TEM1D_THICKNESSES ? thickness : depth;
    }
  }
  s->workspace_bytes = tem1d_workspace(s->count, s->shared, s->shared_bytes);
  s->workspace = aligned_alloc(64, (size_t)(s->workspace_bytes + 63) / 64 * 64);
}

static struct study make_study(int64_t layers, int64_t geometry, int64_t gates, int64_t count) {
  struct study s = {.layers = layers, .geometry = geometry, .gates = gates, .count = count};
  make_tables(&s);
  make_models(&s);
  return s;
}

static void free_study(struct study *s) {
  free(s->shared), free(s->resistivities), free(s->second), free(s->responses), free(s->status), free(s->workspace);
}

/* Models `first ... first + count - 1` on one instruction set, into `out`. */
static int32_t run(struct study *s, int32_t isa, int64_t first, int64_t count, double *out) {
  expect(shoal_native_isa(isa) == isa, "the instruction set can be chosen");
  const void *inputs[] = {s->resistivities + first * s->layers, s->second + first * s->width};
  void *outputs[] = {out};
  return tem1d(count, inputs, s->shared, s->shared_bytes, outputs, s->status + first, s->workspace, s->workspace_bytes);
}

static void compare_paths(int64_t layers, int64_t geometry, int32_t best) {
  struct study s = make_study(layers, geometry, 3, 53);
  const size_t bytes = (size_t)(s.count * s.gates) * 8;
  double *whole = malloc(bytes), *parts = malloc(bytes);
  expect(run(&s, SHOAL_ISA_GENERIC, 0, s.count, whole) == 0, "the generic path runs");
  for (int64_t i = 0; i < s.count; i++) expect(s.status[i] == 0, "every model completes");
  for (int32_t isa = SHOAL_ISA_GENERIC; isa <= best; isa++) {
    memset(parts, 0, bytes);
    expect(run(&s, isa, 0, s.count, parts) == 0, "the path runs");
    expect(memcmp(whole, parts, bytes) == 0, "every instruction set gives the same bits");
    memset(parts, 0, bytes);
    for (int64_t first = 0, count; first < s.count; first += count) {
      count = 1 + (int64_t)(uniform() * 11);
      if (count > s.count - first) count = s.count - first;
      expect(run(&s, isa, first, count, parts + first * s.gates) == 0, "a part of the batch runs");
    }
    expect(memcmp(whole, parts, bytes) == 0, "bits do not depend on the batch");
  }
  free(whole), free(parts);
  free_study(&s);
}

static void refuse_models(void) {
  struct study s = make_study(3, TEM1D_DEPTHS, 2, 7);
  s.resistivities[1 * 3 + 2] = -1;
  s.resistivities[2 * 3] = NAN;
  s.second[3 * 3] = 1;
  s.second[4 * 3 + 2] = s.second[4 * 3 + 1];
  s.second[5 * 3 + 1] = INFINITY;
  expect(run(&s, shoal_native_isa(-1), 0, s.count, s.responses) == 0, "a batch with bad models runs");
  const int32_t expected[] = {TEM1D_COMPLETED, TEM1D_BAD_RESISTIVITY, TEM1D_BAD_RESISTIVITY, TEM1D_BAD_TOP,
                              TEM1D_BAD_DEPTHS, TEM1D_BAD_DEPTHS, TEM1D_COMPLETED};
  for (int i = 0; i < 7; i++) {
    expect(s.status[i] == expected[i], "each bad model is told apart");
    expect(isfinite(s.responses[2 * i]) == (expected[i] == TEM1D_COMPLETED), "a bad model's response is NaN");
    expect(tem1d_status_text(s.status[i]) != NULL, "each status has a text");
  }
  expect(tem1d_status_text(77) == NULL, "an unknown status has no text");
  free_study(&s);
}

static void refuse_tables(void) {
  struct study s = make_study(2, TEM1D_THICKNESSES, 1, 1);
  const int64_t bytes = s.shared_bytes;
  s.shared_bytes = bytes - 8;
  expect(run(&s, shoal_native_isa(-1), 0, 1, s.responses) != 0, "tables that are too short are refused");
  s.shared_bytes = bytes;
  s.shared[TEM1D_FORMAT] = 0;
  expect(run(&s, shoal_native_isa(-1), 0, 1, s.responses) != 0, "tables of another format are refused");
  free_study(&s);
}

int main(void) {
  const int32_t best = shoal_native_isa(-1);
  for (int round = 0; round < 4; round++) {
    compare_paths(1, TEM1D_NONE, best);
    compare_paths(2, TEM1D_THICKNESSES, best);
    compare_paths(3, TEM1D_DEPTHS, best);
    compare_paths(4, TEM1D_BOUNDARIES, best);
    compare_paths(40, TEM1D_THICKNESSES, best);
  }
  refuse_models();
  refuse_tables();
  if (failures == 0) printf("tem1d: %d instruction sets, the same bits\n", best + 1);
  return failures == 0 ? 0 : 1;
}
