import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WakeTimer } from '../../../src/runtime/links/wake-timer.js';

describe('the coordinator’s alarm', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('answers the earliest of several requests, once', () => {
    const rings: number[] = [];
    const timer = new WakeTimer(() => rings.push(timer.nowMs()));
    const start = timer.nowMs();
    for (const ms of [500, 200, 900]) timer.wakeAt(start + ms);
    vi.advanceTimersByTime(10_000);
    expect(rings.map((ms) => ms - start)).toEqual([200]);
    timer.wakeAt(start + 11_000);
    vi.advanceTimersByTime(2_000);
    expect(rings).toHaveLength(2);
  });

  test('rings at once for a moment that has passed, and never after it is closed', () => {
    let rings = 0;
    const timer = new WakeTimer(() => rings++);
    timer.wakeAt(timer.nowMs() - 5);
    vi.advanceTimersByTime(1);
    expect(rings).toBe(1);
    timer.wakeAt(timer.nowMs() + 5);
    timer.close();
    vi.advanceTimersByTime(100);
    expect(rings).toBe(1);
  });

  test('rings early rather than never for a moment that is months away', () => {
    let rings = 0;
    const timer = new WakeTimer(() => rings++);
    timer.wakeAt(timer.nowMs() + 1e11);
    vi.advanceTimersByTime(1_000);
    expect(rings).toBe(0);
    vi.advanceTimersByTime(2 ** 31);
    expect(rings).toBe(1);
  });
});
