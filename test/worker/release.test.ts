/** What a worker gives back when others have nothing to do, and what else it says while results wait in its outbox. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ColumnSpec } from '../../src/codec/columns.js';
import type { KernelContext, ReadyKernel } from '../../src/kernels/kernel.js';
import type { Assignment } from '../../src/messages/message.js';
import { Pieces } from '../../src/worker/pieces.js';
import { work } from '../../src/worker/work.js';
import { studyOf } from '../store/support.js';
import { FakeLink } from './fake-link.js';

const value: ColumnSpec = { name: 'value', dtype: 'float64', shape: [] };

/** A worker whose kernel does `during` for each call, and gives each case its own number. */
function start(during: (context: KernelContext, count: number) => void | Promise<void>) {
  const fill = (out: unknown, first: number, count: number): undefined => {
    for (let i = 0; i < count; i++) (out as Float64Array)[i] = first + i;
  };
  const kernel: ReadyKernel = {
    ...{ name: 'k', version: '1', form: 'typescript', inputs: [], outputs: [value] },
    runBatch: (count, _columns, out, context) => {
      const doing = during(context, count);
      return doing
        ? doing.then(() => fill(out.value, context.first, count))
        : fill(out.value, context.first, count);
    },
  };
  const link = new FakeLink(64 * 1024);
  const hello = { protocol: 1, build: 'b', host: 'h', pid: 1, node: 'v20' };
  const place = { worker: 3, threads: 1, scratchRoot: () => '/no/such/folder' };
  const end = work({ link, place, hello, loadKernel: async () => ({ kernel, identity: 'k' }) });
  const plan = { count: 1e6, columns: [], axes: [1e6], sample: null, sources: [], derived: [] };
  link.give({
    ...{ kind: 'welcome', shared: null, form: 'typescript', kernel: 'k', batching: 'adaptive' },
    study: studyOf(1e6, { cases: plan }),
  });
  return { link, end };
}

const range = (first: number, count: number, attempt = 1): Assignment => ({ first, count, attempt });

function casesOf(link: FakeLink): number[] {
  const blocks = link.blocks([value]).flat();
  for (const { first, count, columns } of blocks) {
    const own = Array.from({ length: count }, (_, i) => first + i);
    expect(Array.from(columns.value as Float64Array)).toEqual(own);
  }
  return blocks.flatMap(({ first, count }) => Array.from({ length: count }, (_, i) => first + i));
}

const released = (link: FakeLink): Assignment[][] =>
  link.sent.flatMap((message) => (message.kind === 'released' ? [[...message.ranges]] : []));

describe('a worker that is asked for what it has not begun', () => {
  test('answers before it computes on, keeps the first half, and computes each case that it kept', async () => {
    const { link, end } = start(() => {});
    link.onSent = ({ kind }) => {
      if (kind !== 'ready') return;
      link.give({ kind: 'assign', ranges: [range(0, 6), range(100, 5, 2)] });
      link.give({ kind: 'revoke' });
    };
    const until = (isTrue: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => (isTrue() ? resolve() : void setImmediate(look));
        look();
      });
    await until(() => casesOf(link).length === 6);
    link.give({ kind: 'stop' });
    expect(await end).toEqual({ kind: 'stopped' });
    expect(released(link)).toEqual([[range(100, 5, 2)]]);
    expect(casesOf(link)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('says that there is nothing where all is begun', async () => {
    const { link, end } = start(() => {});
    link.onSent = ({ kind }) => {
      if (kind === 'ready') link.give({ kind: 'revoke' });
      if (kind === 'released') link.give({ kind: 'stop' });
    };
    await end;
    expect(released(link)).toEqual([[]]);
  });

  test('answers while an asynchronous kernel computes, which has begun what it computes', async () => {
    const { link, end } = start(async () => {
      link.give({ kind: 'revoke' });
      while (released(link).length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    });
    link.onSent = ({ kind }) => {
      if (kind === 'ready') link.give({ kind: 'assign', ranges: [range(7, 2)] });
      if (kind === 'results') link.give({ kind: 'stop' });
    };
    await end;
    // The first call of a kernel gets one case.
    expect(released(link)).toEqual([[range(8, 1)]]);
    expect(casesOf(link)).toEqual([7]);
  });
});

test('lines of a kernel leave the results alone that wait beside them', async () => {
  const count = 400;
  const { link, end } = start((context) => context.log(`at ${context.first}`));
  link.onSent = (message) => {
    if (message.kind === 'ready') link.give({ kind: 'assign', ranges: [range(0, count)] });
    if (message.kind === 'results' && casesOf(link).length === count) link.give({ kind: 'stop' });
  };
  await end;
  expect(casesOf(link)).toEqual(Array.from({ length: count }, (_, i) => i));
  expect(link.kinds.filter((kind) => kind === 'log').length).toBeGreaterThan(1);
});

test('what is released and what is kept are all that waited: the one its end, the other its front', () => {
  const ranges = fc.array(fc.record({ count: fc.integer({ min: 1, max: 40 }), gap: fc.nat(1) }), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(ranges, fc.boolean(), fc.nat(3), (lengths, isComputing, taken) => {
      const pieces = new Pieces([], 1 << 20);
      const all: number[] = [];
      let first = 0;
      for (const { count, gap } of lengths) {
        first += gap;
        pieces.add(first, count, 1);
        for (let i = 0; i < count; i++) all.push(first + i);
        first += count;
      }
      const piece = { first: 0, count: 0, attempt: 0 };
      for (let i = 0; i < taken && pieces.next(piece); i++) all.splice(0, piece.count);
      const gone = pieces.release(isComputing).reverse();
      const goneCases = gone.flatMap((own) => Array.from({ length: own.count }, (_, i) => own.first + i));
      expect(pieces.cases).toBe(all.length - goneCases.length);
      expect(goneCases.length).toBe(isComputing ? Math.ceil(all.length / 2) : Math.floor(all.length / 2));
      const kept: number[] = [];
      while (pieces.next(piece)) for (let i = 0; i < piece.count; i++) kept.push(piece.first + i);
      expect([...kept, ...goneCases]).toEqual(all);
    }),
  );
});
