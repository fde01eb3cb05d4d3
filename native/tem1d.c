/* The kernel's door: checks each model, sorts the valid ones so that like models share a vector, and runs them. */
#include "tem1d.h"

#include <math.h>
#include <string.h>

#include "isa.h"

/* Resistivities outside are no ground's, and their squares could leave the range of doubles. */
static const double least_resistivity = 1e-9, greatest_resistivity = 1e15;

int32_t tem1d_read_tables(struct tem1d_tables *t, const void *shared, int64_t shared_bytes) {
  const double *head = shared;
  if (shared_bytes < TEM1D_HEAD * (int64_t)sizeof(double) || head[TEM1D_FORMAT] != tem1d_format) return 1;
  t->layers = (int64_t)head[TEM1D_LAYERS];
  t->geometry = (int64_t)head[TEM1D_GEOMETRY];
  t->nodes = (int64_t)head[TEM1D_NODES];
  t->gates = (int64_t)head[TEM1D_GATES];
  t->wavenumbers = (int64_t)head[TEM1D_WAVENUMBERS];
  t->ends = (int64_t)head[TEM1D_ENDS];
  t->classes = (int64_t)head[TEM1D_CLASSES];
  t->first_class = (int64_t)head[TEM1D_FIRST_CLASS];
  const double *at = head + TEM1D_HEAD;
  t->induction = at, at += 2 * t->nodes;
  t->starts = at, at += t->nodes * t->classes;
  t->lambda = at, at += t->wavenumbers;
  t->weights = at, at += t->wavenumbers;
  t->end_weights = at, at += t->wavenumbers * t->ends;
  t->end_constants = at, at += t->wavenumbers;
  t->response = at, at += 2 * t->gates * t->nodes;
  t->offsets = at, at += t->gates;
  return (at - head) * (int64_t)sizeof(double) == shared_bytes ? 0 : 1;
}

/* Status of one model. NaN fails every comparison, and so each is written to hold for what is good. */
static int32_t check(const struct tem1d_tables *t, const double *resistivities, const double *geometry) {
  for (int64_t i = 0; i < t->layers; i++) {
    if (!(resistivities[i] >= least_resistivity && resistivities[i] <= greatest_resistivity))
      return TEM1D_BAD_RESISTIVITY;
  }
  if (t->geometry == TEM1D_DEPTHS && geometry[0] != 0) return TEM1D_BAD_TOP;
  const double *values = t->geometry == TEM1D_DEPTHS ? geometry + 1 : geometry;
  for (int64_t i = 0; i + 1 < t->layers; i++) {
    if (t->geometry == TEM1D_THICKNESSES) {
      if (!(values[i] > 0 && values[i] <= 1e9)) return TEM1D_BAD_THICKNESS;
    } else if (!(values[i] > (i > 0 ? values[i - 1] : 0) && values[i] <= 1e9)) {
      return TEM1D_BAD_DEPTHS;
    }
  }
  return TEM1D_COMPLETED;
}

/* Class of a model by its smallest conductivity, from the exponent alone: no rounding can move a model. */
static int64_t class_of(const struct tem1d_tables *t, const double *resistivities) {
  double greatest = resistivities[0];
  for (int64_t i = 1; i < t->layers; i++) {
    if (resistivities[i] > greatest) greatest = resistivities[i];
  }
  int exponent;
  frexp(1 / greatest, &exponent);
  int64_t index = (exponent - 1 - t->first_class) >> 1;
  return index < 0 ? 0 : index >= t->classes ? t->classes - 1 : index;
}

/* What models are sorted by: a vector's models are of one class, and its waves should end at one depth. */
struct place {
  int64_t class_index;
  double thickness; /* of the first layer, m */
  int64_t model;
};

static int is_before(struct place a, struct place b) {
  return a.class_index != b.class_index ? a.class_index < b.class_index : a.thickness < b.thickness;
}

/* Shell's sort: in place, without recursion. Which of two equal places comes first changes no model's bits. */
static void sort(struct place *places, int64_t count) {
  for (int64_t gap = count / 2; gap > 0; gap /= 2) {
    for (int64_t i = gap; i < count; i++) {
      struct place moved = places[i];
      int64_t j = i;
      for (; j >= gap && is_before(moved, places[j - gap]); j -= gap) places[j] = places[j - gap];
      places[j] = moved;
    }
  }
}

int64_t tem1d_workspace(int64_t count, const void *shared, int64_t shared_bytes) {
  struct tem1d_tables t;
  if (tem1d_read_tables(&t, shared, shared_bytes)) return 0;
  return 8 * tem1d_scratch_doubles(t.layers, t.nodes) * (int64_t)sizeof(double) +
         count * (int64_t)(sizeof(struct place) + sizeof(int64_t));
}

SHOAL_KERNEL(tem1d) {
  struct tem1d_tables t;
  if (tem1d_read_tables(&t, shared, shared_bytes)) return 100;
  if (workspace_bytes < tem1d_workspace(count, shared, shared_bytes)) return 101;
  struct tem1d_batch batch = {inputs[0], t.geometry == TEM1D_NONE ? NULL : inputs[1], outputs[0], workspace};
  const int64_t width = t.geometry == TEM1D_DEPTHS ? t.layers : t.layers - 1;
  struct place *places = (struct place *)(batch.scratch + 8 * tem1d_scratch_doubles(t.layers, t.nodes));
  int64_t *cases = (int64_t *)(places + count);

  int64_t valid = 0;
  for (int64_t i = 0; i < count; i++) {
    const double *resistivities = batch.resistivities + i * t.layers;
    const double *geometry = t.geometry == TEM1D_NONE ? NULL : batch.geometry + i * width;
    status[i] = check(&t, resistivities, geometry);
    if (status[i] != TEM1D_COMPLETED) continue;
    double thickness = t.layers == 1 ? 0 : t.geometry == TEM1D_DEPTHS ? geometry[1] : geometry[0];
    places[valid++] = (struct place){class_of(&t, resistivities), thickness, i};
  }
  sort(places, valid);
  for (int64_t i = 0; i < valid; i++) cases[i] = places[i].model;

  int32_t isa = shoal_native_isa(-1);
#if defined(__x86_64__)
  tem1d_models *models = isa == SHOAL_ISA_AVX512 ? tem1d_models_8
                         : isa == SHOAL_ISA_AVX2 ? tem1d_models_4
                                                 : tem1d_models_1;
#else
  (void)isa;
  tem1d_models *models = tem1d_models_1;
#endif
  for (int64_t first = 0, end; first < valid; first = end) {
    const int64_t class_index = places[first].class_index;
    for (end = first; end < valid && places[end].class_index == class_index;) end++;
    models(&t, &batch, class_index, end - first, cases + first);
  }

  for (int64_t i = 0; i < count; i++) {
    double *responses = batch.responses + i * t.gates;
    for (int64_t g = 0; g < t.gates && status[i] == TEM1D_COMPLETED; g++) {
      if (!isfinite(responses[g])) status[i] = TEM1D_NOT_FINITE;
    }
    for (int64_t g = 0; g < t.gates && status[i] != TEM1D_COMPLETED; g++) responses[g] = NAN;
  }
  return 0;
}

const char *tem1d_status_text(int32_t status) {
  switch (status) {
    case TEM1D_COMPLETED: return "completed";
    case TEM1D_BAD_RESISTIVITY: return "InvalidModel: a resistivity is not a number from 1e-9 to 1e15 ohm m";
    case TEM1D_BAD_TOP: return "InvalidModel: the first depth, the top of the first layer, is not 0";
    case TEM1D_BAD_DEPTHS: return "InvalidModel: the depths of the layers' tops do not increase, or pass 1e9 m";
    case TEM1D_BAD_THICKNESS: return "InvalidModel: a thickness is not a positive number of at most 1e9 m";
    case TEM1D_NOT_FINITE: return "InvalidModel: the response is not finite";
    case 100: return "the shared data are not those of this version";
    case 101: return "the workspace is too small";
    default: return NULL;
  }
}
