import { expect, test } from 'vitest';
import { Rate } from '../../../src/runtime/progress/rate.js';

/** The rate after looks every 100 ms until `ms`, where `done(ms)` cases are done. */
function rateAt(ms: number, done: (ms: number) => number): number {
  const rate = new Rate();
  rate.restart(0, done(0));
  for (let at = 100; at <= ms; at += 100) rate.add(at, done(at));
  return rate.perSecond();
}

test('a steady run has its own rate from the start', () => {
  expect(rateAt(300, (ms) => ms * 10)).toBeCloseTo(10_000);
  expect(rateAt(60_000, (ms) => ms * 10)).toBeCloseTo(10_000);
});

test('a rate follows within seconds', () => {
  expect(rateAt(30_000, (ms) => (ms < 20_000 ? ms : 20_000 + (ms - 20_000) / 10))).toBeCloseTo(100);
});

test('long cases have a rate, taken over the last few of them', () => {
  const oneEach20Seconds = (ms: number): number => Math.floor(ms / 20_000);
  expect(rateAt(200_000, oneEach20Seconds)).toBeCloseTo(0.05, 2);
  expect(rateAt(215_000, oneEach20Seconds)).toBeCloseTo(0.05, 2);
});

test('without a case the rate is nothing, and there is none before the first look', () => {
  expect(rateAt(10_000, () => 7)).toBe(0);
  expect(new Rate().perSecond()).toBe(0);
});
