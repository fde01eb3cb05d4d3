import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { KeptCosts } from '../../src/schedule/kept-costs.js';
import { type CostSubject, readCosts, writeCosts } from '../../src/store/costs-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-costs-'));
  path = join(folder, 'costs.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const subject: CostSubject = {
  kernel: 'spin 1 typescript 0a1b',
  cost: { kind: 'features', formulas: ['n', 'm'] },
  conditions: 'c0',
};
const costs: KeptCosts = {
  blocks: 640,
  cases: 700,
  msPerUnit: 12.5,
  scatter: 0.28,
  learned: {
    exponents: [2, 1],
    centre: [0.5, -1],
    deviations: { results: 640, xx: [3, 1, 1, 4], xy: [7, 5], yy: 20 },
  },
};
const { learned: _learned, ...plainCosts } = costs;

describe('the file of costs', () => {
  test('gives back to the last bit what was written, whatever the numbers', () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const amount = fc.double({ min: 5e-324, noDefaultInfinity: true, noNaN: true });
    const list = (length: number) => fc.array(number, { minLength: length, maxLength: length });
    const any = fc.record({
      blocks: fc.integer({ min: 1 }),
      cases: fc.integer({ min: 1 }),
      msPerUnit: amount,
      scatter: amount,
      learned: fc.record({
        exponents: list(2),
        centre: list(2),
        deviations: fc.record({ results: amount, xx: list(4), xy: list(2), yy: amount }),
      }),
    });
    fc.assert(
      fc.property(any, (given) => {
        writeCosts(path, subject, given);
        expect(readCosts(path, subject)).toMatchObject({ kind: 'costs', costs: given });
      }),
      { numRuns: 30 },
    );
    expect(readdirSync(folder)).toEqual(['costs.json']);
  });

  test('takes arrays of numbers as the fit has them', () => {
    const typed = {
      exponents: Float64Array.of(2, 1),
      centre: Float64Array.of(0.5, -1),
      deviations: { results: 640, xx: Float64Array.of(3, 1, 1, 4), xy: Float64Array.of(7, 5), yy: 20 },
    };
    writeCosts(path, subject, { ...costs, learned: typed });
    expect(readCosts(path, subject)).toMatchObject({ kind: 'costs', costs });
  });

  test.each<[string, CostSubject['cost']]>([
    ['a formula', { kind: 'known', formula: 'n ^ 2' }],
    ['no cost', undefined],
  ])('has no exponents for %s', (_what, cost) => {
    writeCosts(path, { ...subject, cost }, plainCosts);
    expect(readCosts(path, { ...subject, cost })).toMatchObject({ kind: 'costs', costs: plainCosts });
  });

  test('may not know how far times scatter', () => {
    const cost = undefined;
    const { scatter: _scatter, ...few } = plainCosts;
    writeCosts(path, { ...subject, cost }, few);
    const found = readCosts(path, { ...subject, cost });
    expect(found).toMatchObject({ kind: 'costs', costs: few });
    expect(found).not.toHaveProperty('costs.scatter');
  });

  test('may be missing, also with its folder', () => {
    expect(readCosts(path, subject)).toEqual({ kind: 'missing' });
    expect(readCosts(join(path, 'costs.json'), subject)).toEqual({ kind: 'missing' });
  });

  test('of other conditions says how costs depend on features, and not how long a case is', () => {
    writeCosts(path, subject, costs);
    expect(readCosts(path, { ...subject, conditions: 'c1' })).toEqual({
      kind: 'learned',
      learned: costs.learned,
    });
    const cost = { kind: 'known', formula: 'n' } as const;
    writeCosts(path, { ...subject, cost }, plainCosts);
    expect(readCosts(path, { ...subject, cost, conditions: 'c1' })).toEqual({ kind: 'missing' });
  });
});

describe('a file that cannot be used is told', () => {
  test.each<[string, Partial<CostSubject>]>([
    ['it is of another kernel', { kernel: 'spin 2 typescript 0a1b' }],
    ['it was learned with another `cost`', { cost: { kind: 'features', formulas: ['m', 'n'] } }],
    ['it was learned with another `cost`', { cost: { kind: 'known', formula: 'n' } }],
    ['it was learned with another `cost`', { cost: undefined }],
  ])('%s: %j', (reason, changes) => {
    writeCosts(path, subject, costs);
    const found = readCosts(path, { ...subject, ...changes });
    expect(found).toMatchObject({ kind: 'unfit', reason: expect.stringContaining(reason) });
  });

  test.each<[string, (text: string) => string]>([
    ['not JSON', (text) => text.slice(0, 100)],
    ['no file of costs', () => '[]'],
    ['no file of costs', () => 'null'],
    ['newer version', (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 2')],
    ['numbers are damaged', (text) => text.replace('"msPerUnit": 12.5', '"msPerUnit": "12.5"')],
    ['numbers are damaged', (text) => text.replace('"msPerUnit": 12.5', '"msPerUnit": 0')],
    ['numbers are damaged', (text) => text.replace('"scatter": 0.28', '"scatter": -1')],
    ['numbers are damaged', (text) => text.replace('"yy": 20', '"yy": null')],
    ['numbers are damaged', (text) => text.replace('"results": 640', '"results": 1e999')],
    ['numbers are damaged', (text) => text.replace('"deviations"', '"deviation"')],
    ['numbers are damaged', (text) => text.replace('"blocks": 640', '"blocks": 0.5')],
  ])('%s', (reason, damage) => {
    writeCosts(path, subject, costs);
    const whole = readFileSync(path, 'utf8');
    writeFileSync(path, damage(whole));
    expect(damage(whole)).not.toBe(whole);
    expect(readCosts(path, subject)).toMatchObject({
      kind: 'unfit',
      reason: expect.stringContaining(reason),
    });
  });

  test('whatever bytes stand in it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        writeFileSync(path, text);
        expect(readCosts(path, subject).kind).toBe('unfit');
      }),
    );
  });

  test('cannot be read', () => {
    const found = readCosts(folder, subject);
    expect(found).toMatchObject({ kind: 'unfit', reason: expect.stringContaining('EISDIR') });
  });
});
