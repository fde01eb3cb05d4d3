/** The parts that tables are made of. */
import { describe, expect, it } from 'vitest';
import { besselJ01, scaledBesselI0 } from '../../../src/solvers/tem1d/bessel.js';
import { type Geometry, hankelEnds, hankelRule } from '../../../src/solvers/tem1d/hankel.js';
import { fittingRates, gateRule, laplaceNodes } from '../../../src/solvers/tem1d/laplace.js';
import { leastSquares } from '../../../src/solvers/tem1d/least-squares.js';
import { settingsSchema } from '../../../src/solvers/tem1d/settings.js';
import { type Settings, surveyOf } from '../../../src/solvers/tem1d/survey.js';
import { makeTables, readTables } from '../../../src/solvers/tem1d/tables.js';
import { decayResponse, pastOf, switchOff } from '../../../src/solvers/tem1d/waveform.js';
import { uniform } from './models.js';

// Abramowitz & Stegun, tables 9.1 and 9.8, and mpmath.
it.each([
  [0, 1, 0],
  [0.01, 0.9999750001562496, 0.004999937500260416],
  [1, 0.7651976865579665, 0.44005058574493355],
  [50, 0.0558123276692518, -0.09751182812517514],
  [300, -0.03329855487630567, -0.03188743137749992],
])('the Bessel functions of %d have their values', (x, zero, one) => {
  const [j0, j1] = besselJ01(x);
  expect(Math.abs(j0 - zero)).toBeLessThan(1e-15);
  expect(Math.abs(j1 - one)).toBeLessThan(1e-15);
});

it('the modified Bessel function has its values', () => {
  expect(scaledBesselI0(0)).toBe(1);
  expect(scaledBesselI0(1)).toBeCloseTo(0.4657596075936404, 15);
  expect(scaledBesselI0(38)).toBeCloseTo(0.0649331098089487, 15);
});

describe('least squares', () => {
  it('solves a full system and leaves a residual normal to every column', () => {
    const next = uniform(3);
    const [rows, columns] = [30, 6];
    const matrix = Float64Array.from({ length: rows * columns }, () => next() - 0.5);
    const b = Float64Array.from({ length: rows }, () => next() - 0.5);
    const x = leastSquares(matrix.slice(), b.slice(), columns);
    const rest = b.map((value, r) => {
      let sum = -value;
      for (let c = 0; c < columns; c++) sum += (matrix[r * columns + c] as number) * (x[c] as number);
      return sum;
    });
    for (let c = 0; c < columns; c++) {
      let dot = 0;
      rest.forEach((value, r) => {
        dot += value * (matrix[r * columns + c] as number);
      });
      expect(Math.abs(dot)).toBeLessThan(1e-14);
    }
  });

  it('gives a column that says nothing new no part', () => {
    const x = leastSquares(Float64Array.of(1, 1, 2, 2, 3, 3), Float64Array.of(1, 2, 3), 2, 1e-12);
    expect(x[0]! + x[1]!).toBeCloseTo(1, 12);
    expect(Math.min(...x)).toBe(0);
  });
});

describe('the Hankel rule', () => {
  const geometries: Geometry[] = [
    { radius: 1, separation: 0, height: 0 },
    { radius: 50, separation: 0, height: 0 },
    { radius: 10, separation: 0, height: 60 },
  ];

  // integral of lambda J1(lambda a) exp(-lambda z) = a / (z^2 + a^2)^(3/2)
  it.each(geometries)('integrates exponentials of any length for $radius m, $height m up', (geometry) => {
    const { wavenumbers, weights } = hankelRule(geometry, 1e-9);
    for (const z of [0, 0.01, 0.3, 1, 3, 10, 1000]) {
      const depth = z * geometry.radius;
      const sum = wavenumbers.reduce(
        (total, lambda, k) => total + (weights[k] as number) * Math.exp(-lambda * depth),
        0,
      );
      const { radius, height } = geometry;
      const exact = radius / ((depth + height) ** 2 + radius ** 2) ** 1.5;
      expect(Math.abs(sum / exact - 1)).toBeLessThan(1e-9);
    }
  });

  it('starts late without a difference for what is smooth', () => {
    const rule = hankelRule({ radius: 10, separation: 0, height: 0 }, 1e-9);
    const ends = hankelEnds(rule, 4);
    // F of a half-space at mu0 s sigma = 1
    const f = rule.wavenumbers.map(
      (lambda) => (lambda - Math.hypot(lambda, 1)) / (lambda + Math.hypot(lambda, 1)),
    );
    const whole = f.reduce((sum, value, k) => sum + value * (rule.weights[k] as number), 0);
    const start = rule.wavenumbers.findIndex((lambda) => lambda > 0.02);
    let late = ends.constants[start] as number;
    for (let k = start; k < f.length; k++) {
      const weight = k < start + 4 ? ends.weights[4 * start + k - start] : rule.weights[k];
      late += (f[k] as number) * (weight as number);
    }
    expect(Math.abs(late / whole - 1)).toBeLessThan(1e-9);
  });
});

describe('the Laplace rules', () => {
  it.each([
    [1e-6, 1e-6],
    [1e-6, 1e-3],
    [1e-7, 1e-1],
    [1e-3, 10],
  ])('answer to any decay between %d and %d s with an error below 1e-6', (shortest, longest) => {
    const nodes = laplaceNodes(shortest, longest);
    const rates = fittingRates(nodes, shortest, longest);
    for (const response of ['b', 'dbdt'] as const) {
      for (const gate of [shortest, Math.sqrt(shortest * longest), longest]) {
        expect(gateRule(nodes, rates, pastOf(switchOff, gate), response).error).toBeLessThan(1e-6);
      }
    }
  });
});

describe('a past', () => {
  const ramp = { times: [-3e-6, 0], currents: [2, 0] };

  it('of a ramp is the mean of switch-offs along it', () => {
    for (const rate of [1e2, 1e5, 1e7]) {
      const steps = 20000;
      let mean = 0;
      for (let i = 0; i < steps; i++) {
        mean += (2 * decayResponse(pastOf(switchOff, 1e-6 + (3e-6 * (i + 0.5)) / steps), 'b', rate)) / steps;
      }
      expect(decayResponse(pastOf(ramp, 1e-6), 'b', rate) / mean).toBeCloseTo(1, 6);
    }
  });

  it('of a ramp decays by the difference of its ends', () => {
    const ends = [1e-6, 4e-6].map((gate) => decayResponse(pastOf(switchOff, gate), 'b', 1e5)) as [
      number,
      number,
    ];
    const expected = (2 * (ends[0] - ends[1])) / 3e-6;
    expect(decayResponse(pastOf(ramp, 1e-6), 'dbdt', 1e5) / expected).toBeCloseTo(1, 12);
  });

  it('leaves out what comes after the gate', () => {
    expect(pastOf({ times: [0, 1, 1, 2], currents: [0, 1, 0, 3] }, 0.5)).toEqual({
      jumps: [],
      ramps: [{ start: 0.5, end: 0, slope: 1 }],
    });
  });
});

it('tables are read as they were made', () => {
  const survey = surveyOf(settingsSchema.parse({ times: [1e-5, 1e-4] }) as Settings);
  const data = makeTables(survey, 3, 'thicknesses');
  const tables = readTables(data);
  expect(tables).toMatchObject({ layers: 3, layering: 2, gates: 2 });
  expect(tables.induction).toHaveLength(2 * tables.nodes);
  expect(tables.offsets.byteOffset + tables.offsets.byteLength).toBe(data.byteOffset + data.byteLength);
  expect(
    Array.from(tables.starts).every((start) => start >= 0 && start < tables.wavenumberCount - tables.ends),
  ).toBe(true);
});
