/*
 * Transient electromagnetics of a layered earth: the field of a horizontal transmitter loop after its current
 * changed. src/solvers/tem1d/tem1d.ts is the same kernel in TypeScript, and says where the formulas come from.
 */
#ifndef SHOAL_TEM1D_H
#define SHOAL_TEM1D_H

#include "shoal_kernel.h"

/*
 * The shared data, doubles one after the other. src/solvers/tem1d/tables.ts writes them; the head says how long each
 * part is. Laplace nodes s_j, wavenumbers lambda_k; a class is a range of a model's smallest conductivity.
 */
enum {
  TEM1D_FORMAT = 0,      /* tem1d_format */
  TEM1D_LAYERS = 1,      /* layers of each model */
  TEM1D_GEOMETRY = 2,    /* second column: see below */
  TEM1D_NODES = 3,
  TEM1D_GATES = 4,
  TEM1D_WAVENUMBERS = 5,
  TEM1D_ENDS = 6,        /* wavenumbers whose weights stand for all smaller ones */
  TEM1D_CLASSES = 7,
  TEM1D_FIRST_CLASS = 8, /* conductivities below 2^(first + 2) S/m are of class 0, each further class is 4 times as high */
  TEM1D_HEAD = 16
};

enum { tem1d_format = 1 };

/* How the second column gives the layers: not at all, tops from 0 on, thicknesses, or lower boundaries. */
enum { TEM1D_NONE = 0, TEM1D_DEPTHS = 1, TEM1D_THICKNESSES = 2, TEM1D_BOUNDARIES = 3 };

struct tem1d_tables {
  int64_t layers, geometry, nodes, gates, wavenumbers, ends, classes, first_class;
  const double *induction;   /* mu0 s_j, [nodes][re, im], s/m^2 times ohm m */
  const double *starts;      /* first wavenumber of a node for a class, [nodes][classes] */
  const double *lambda;      /* lambda_k, 1/m */
  const double *weights;     /* of lambda_k in the Hankel integral, [wavenumbers] */
  const double *end_weights; /* of lambda_(k + m) when the sum starts at k, [wavenumbers][ends] */
  const double *end_constants; /* what is added when the sum starts at k, [wavenumbers] */
  const double *response;    /* weight of the integral at s_j in a gate's response, [gates][nodes][re, im] */
  const double *offsets;     /* added to a gate's response, [gates] */
};

/* Statuses of a case. */
enum {
  TEM1D_COMPLETED = 0,
  TEM1D_BAD_RESISTIVITY = 1,
  TEM1D_BAD_TOP = 2,
  TEM1D_BAD_DEPTHS = 3,
  TEM1D_BAD_THICKNESS = 4,
  TEM1D_NOT_FINITE = 5
};

/* Returns 0, or 1 when `shared` is not what it should be. */
int32_t tem1d_read_tables(struct tem1d_tables *tables, const void *shared, int64_t shared_bytes);

/* Columns of a batch, and scratch for `lanes` models at once. */
struct tem1d_batch {
  const double *resistivities; /* [count][layers], ohm m */
  const double *geometry;      /* [count][layers] depths or [count][layers - 1] others, m */
  double *responses;           /* [count][gates] */
  double *scratch;             /* tem1d_scratch_doubles(layers, nodes) for each lane, 64-byte aligned */
};

/* Doubles of scratch for each lane: seven a layer, two a node. */
static inline int64_t tem1d_scratch_doubles(int64_t layers, int64_t nodes) { return 7 * layers + 2 * nodes; }

/* Computes the models `cases[0 .. count - 1]`, all valid and of one class. */
typedef void tem1d_models(const struct tem1d_tables *tables, const struct tem1d_batch *batch, int64_t class_index,
                          int64_t count, const int64_t *cases);
tem1d_models tem1d_models_1, tem1d_models_4, tem1d_models_8;

SHOAL_KERNEL(tem1d);
SHOAL_EXPORT int64_t tem1d_workspace(int64_t count, const void *shared, int64_t shared_bytes);
SHOAL_EXPORT const char *tem1d_status_text(int32_t status);

#endif
