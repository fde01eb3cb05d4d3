import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/codec/block.js';
import type { ColumnSpec } from '../../src/codec/columns.js';
import type { KernelContext, ReadyKernel } from '../../src/kernels/kernel.js';
import type { Assignment, Batching, Welcome } from '../../src/messages/message.js';
import { type WorkEnd, work } from '../../src/worker/work.js';
import { studyOf } from '../store/support.js';
import { FakeLink } from './fake-link.js';

const value: ColumnSpec = { name: 'value', dtype: 'float64', shape: [] };
const identity = 'squares 1 typescript';
const place = { worker: 3, threads: 2, scratchRoot: () => '/no/such/folder' };
const hello = { protocol: 1, build: '1.0-abc', host: 'node7', pid: 42, node: 'v20.20.0' };

type Compute = (
  first: number,
  count: number,
  out: Float64Array,
  context: KernelContext,
) => ReturnType<ReadyKernel['runBatch']>;

function kernelOf(compute: Compute, outputs: readonly ColumnSpec[] = [value]): ReadyKernel {
  return {
    ...{ name: 'squares', version: '1', form: 'typescript', inputs: [], outputs },
    runBatch: (count, _columns, out, context) =>
      compute(context.first, count, out[outputs[0]!.name] as Float64Array, context),
  };
}

const square: Compute = (first, count, out) => {
  for (let i = 0; i < count; i++) out[i] = (first + i) ** 2;
  return undefined;
};

function welcomeOf(batching: Batching = 'adaptive', cases = 1e6): Welcome {
  const plan = { count: cases, columns: [], axes: [cases], sample: null, sources: [], derived: [] };
  return {
    ...{ kind: 'welcome', shared: null, form: 'typescript', kernel: identity, batching },
    study: studyOf(cases, { cases: plan }),
  };
}

interface Session {
  readonly link: FakeLink;
  readonly end: Promise<WorkEnd>;
}

function start(kernel: ReadyKernel, slotBytes = 64 * 1024, answer = identity): Session {
  const link = new FakeLink(slotBytes);
  const end = work({ link, place, hello, loadKernel: async () => ({ kernel, identity: answer }) });
  return { link, end };
}

const range = (first: number, count: number, attempt = 1): Assignment => ({ first, count, attempt });

/** Gives the worker these messages' ranges, and tells it to stop when all has come back. */
async function compute(
  kernel: ReadyKernel,
  messages: readonly (readonly Assignment[])[],
  options: { batching?: Batching; slotBytes?: number } = {},
): Promise<FakeLink> {
  const { link, end } = start(kernel, options.slotBytes);
  let left = messages.flat().reduce((sum, { count }) => sum + count, 0);
  link.onSent = (message) => {
    if (message.kind === 'ready') for (const ranges of messages) link.give({ kind: 'assign', ranges });
    if (message.kind === 'results') {
      for (const { count } of link.blocks(kernel.outputs).at(-1)!) left -= count;
      if (left === 0) link.give({ kind: 'stop' });
    }
  };
  link.give(welcomeOf(options.batching));
  expect(await end).toEqual({ kind: 'stopped' });
  return link;
}

/** Each case with its attempt and value, as the blocks have them, in the order of their coming. */
function rowsOf(link: FakeLink): { index: number; attempt: number; value: number }[] {
  return link
    .blocks([value])
    .flat()
    .flatMap(({ first, count, attempt, columns }) =>
      Array.from({ length: count }, (_, i) => ({
        index: first + i,
        attempt,
        value: (columns.value as Float64Array)[i] as number,
      })),
    );
}

const expectedRows = (ranges: readonly Assignment[]) =>
  ranges.flatMap(({ first, count, attempt }) =>
    Array.from({ length: count }, (_, i) => ({ index: first + i, attempt, value: (first + i) ** 2 })),
  );

describe('a worker', () => {
  test('says who it is, gets ready, computes, and says bye last', async () => {
    const link = await compute(kernelOf(square), [[range(0, 3)]]);
    expect(link.sent[0]).toEqual({ kind: 'hello', ...hello });
    expect(link.sent[1]).toEqual({ kind: 'ready', kernel: identity });
    expect(link.kinds.at(-1)).toBe('bye');
    expect(link.kinds.slice(2, -1).every((kind) => kind === 'results')).toBe(true);
    expect(rowsOf(link)).toEqual(expectedRows([range(0, 3)]));
    expect(link.blocks([value])[0]![0]).toMatchObject({ worker: 3, failures: [] });
  });

  test('returns every case once, in the order given, however ranges come and kernels answer', async () => {
    const ranges = fc.array(
      fc.record({
        first: fc.nat({ max: 9999 }),
        count: fc.integer({ min: 1, max: 200 }),
        attempt: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const messages = fc.array(ranges, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        messages,
        fc.boolean(),
        fc.constantFrom(256, 4096),
        async (given, isAsync, slotBytes) => {
          const later: Compute = async (...args) => {
            await null;
            return square(...args);
          };
          const link = await compute(kernelOf(isAsync ? later : square), given, { slotBytes });
          expect(rowsOf(link)).toEqual(expectedRows(given.flat()));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('computes one case first, and then as many as last a moment, each block within a message', async () => {
    const counts: number[] = [];
    const kernel = kernelOf((first, count, out) => {
      counts.push(count);
      return square(first, count, out, undefined as never);
    });
    const link = await compute(kernel, [[range(0, 5000)]], { slotBytes: 1024 });
    expect(counts[0]).toBe(1);
    expect(Math.max(...counts)).toBeGreaterThan(1);
    expect(Math.max(...counts)).toBeLessThanOrEqual(1024 / 8);
    expect(rowsOf(link)).toHaveLength(5000);
  });

  test('sends a case larger than any message of the link alone, and in its place', async () => {
    const wide: ColumnSpec = { name: 'value', dtype: 'float64', shape: [100] };
    const kernel = kernelOf(
      (first, count, out) => {
        for (let i = 0; i < count; i++) out.fill(first + i, 100 * i, 100 * (i + 1));
        return undefined;
      },
      [wide],
    );
    const link = await compute(kernel, [[range(5, 4)]], { slotBytes: 256 });
    const blocks = link.blocks([wide]).flat();
    expect(blocks.map(({ first, count }) => [first, count])).toEqual([
      [5, 1],
      [6, 1],
      [7, 1],
      [8, 1],
    ]);
    for (const { first, columns } of blocks) expect(columns.value).toEqual(new Float64Array(100).fill(first));
  });

  test('keeps blocks of columns without a size small', async () => {
    const text: ColumnSpec = { name: 'text', dtype: 'string', shape: [] };
    const kernel = kernelOf(
      (first, count, out) => {
        const texts = out as unknown as string[];
        for (let i = 0; i < count; i++) texts[i] = `case ${first + i} ${'x'.repeat((first + i) % 50)}`;
        return undefined;
      },
      [text],
    );
    const link = await compute(kernel, [[range(0, 1000)]]);
    const blocks = link.blocks([text]).flat();
    expect(Math.max(...blocks.map(({ count }) => count))).toBeLessThanOrEqual(64);
    const texts = blocks.flatMap(({ columns }) => columns.text as string[]);
    expect(texts).toEqual(Array.from({ length: 1000 }, (_, i) => `case ${i} ${'x'.repeat(i % 50)}`));
  });

  test('gathers blocks of small ranges into messages, but not when each is to go alone', async () => {
    const ranges = Array.from({ length: 64 }, (_, i) => range(i, 1));
    const together = await compute(kernelOf(square), [ranges]);
    expect(together.blocks([value]).length).toBeLessThan(64);
    const single = await compute(kernelOf(square), [ranges], { batching: 'single' });
    expect(single.blocks([value]).map((blocks) => blocks.length)).toEqual(new Array<number>(64).fill(1));
  });

  test('passes a line of the kernel to the log, and frees the kernel at the end', async () => {
    let closed = 0;
    const kernel = kernelOf((first, count, out, context) => {
      if (first === 2) context.log(`at ${first}`);
      return square(first, count, out, context);
    });
    const link = await compute({ ...kernel, close: () => closed++ }, [[range(2, 1)]]);
    expect(link.sent).toContainEqual({ kind: 'log', text: 'at 2' });
    expect(closed).toBe(1);
  });

  test('gives the kernel the parameters of its cases', async () => {
    const x: ColumnSpec = { name: 'x', dtype: 'float64', shape: [] };
    const { link, end } = start({
      ...{ name: 'double', version: '1', form: 'typescript', inputs: [x], outputs: [value] },
      runBatch: (count, columns, out) => {
        for (let i = 0; i < count; i++) {
          (out.value as Float64Array)[i] = 2 * (columns.x as Float64Array)[i]!;
        }
        return undefined;
      },
    });
    const sources = [{ kind: 'list', axis: 0, numbers: Float64Array.of(5, 6, 7, 8) }];
    const plan = { count: 4, columns: [x], axes: [4], sample: null, sources, derived: [] };
    link.onSent = ({ kind }) => {
      if (kind === 'ready') link.give({ kind: 'assign', ranges: [range(1, 1), range(2, 2)] });
      if (kind === 'results' && rowsOf(link).length === 3) link.give({ kind: 'stop' });
    };
    link.give({ ...welcomeOf(), study: studyOf(4, { cases: plan }) });
    await end;
    expect(rowsOf(link).map((row) => row.value)).toEqual([12, 14, 16]);
  });
});

describe('a batch that throws', () => {
  class InvalidModel extends Error {
    override readonly name = 'InvalidModel';
  }
  /** Refuses cases that 7 divides, and with them the whole batch. */
  const choosy: Compute = (first, count, out) => {
    for (let i = 0; i < count; i++) {
      if ((first + i) % 7 === 0) throw new InvalidModel(`case ${first + i} has no solution`);
    }
    return square(first, count, out, undefined as never);
  };

  test.each([
    ['at once', choosy],
    [
      'later',
      async (...args: Parameters<Compute>) => {
        await null;
        return choosy(...args);
      },
    ],
  ])('%s fails only the cases that throw alone as well', async (_, given) => {
    const link = await compute(kernelOf(given), [[range(1, 1), range(2, 60)]]);
    const blocks = link.blocks([value]).flat();
    const failed = blocks.flatMap(({ first, failures }) =>
      failures.map(({ offset, ...failure }) => ({ index: first + offset, ...failure })),
    );
    expect(failed.map(({ index }) => index)).toEqual([7, 14, 21, 28, 35, 42, 49, 56]);
    for (const failure of failed) {
      expect(failure).toMatchObject({
        ...{ status: 'failed', type: 'InvalidModel' },
        message: `case ${failure.index} has no solution`,
        traceback: expect.stringContaining('work.test.ts'),
      });
    }
    const good = rowsOf(link).filter(({ index }) => index % 7 !== 0);
    expect(good).toEqual(expectedRows([range(1, 61)]).filter(({ index }) => index % 7 !== 0));
  });

  test('of anything but an Error is a failure that shows what was thrown', async () => {
    const kernel = kernelOf(() => {
      throw 'out of cheese';
    });
    const link = await compute(kernel, [[range(0, 1)]]);
    expect(link.blocks([value])[0]![0]!.failures).toEqual([
      { offset: 0, status: 'failed', type: 'Error', message: 'threw "out of cheese"' },
    ]);
  });

  test.each([
    ['twice the same case', [0, 0]],
    ['a case behind the batch', [5]],
    ['a case in front of it', [-1]],
  ])('must not name %s: then each case alone says what is wrong', async (_, offsets) => {
    const kernel = kernelOf((first, count, out, context) => {
      square(first, count, out, context);
      return first === 9
        ? offsets.map((offset) => ({ offset, status: 'failed', type: 'Slow', message: 'too slow' }))
        : undefined;
    });
    const link = await compute(kernel, [[range(9, 1), range(3, 1)]]);
    const failures = link
      .blocks([value])
      .flat()
      .map((block) => block.failures.map(({ offset, type, message }) => ({ offset, type, message })));
    const message = `the kernel listed failures at ${offsets.join(', ')}, expected distinct offsets from 0 to 0`;
    expect(failures).toEqual([[{ offset: 0, type: 'TypeError', message }], []]);
  });

  test('is not needed to fail cases: those that the kernel names travel as they are', async () => {
    const named: Failure[] = [{ offset: 0, status: 'timeout', type: 'Slow', message: 'took too long' }];
    const kernel = kernelOf((first, count, out, context) => {
      square(first, count, out, context);
      return first === 9 ? named : undefined;
    });
    const link = await compute(kernel, [[range(9, 1), range(3, 1)]]);
    expect(
      link
        .blocks([value])
        .flat()
        .map(({ failures }) => failures),
    ).toEqual([named, []]);
  });
});

describe('told to stop', () => {
  test('a worker drops what it has not begun, and keeps what it has done', async () => {
    const begun: number[] = [];
    const { link, end } = start(
      kernelOf((first, count, out, context) => {
        begun.push(first);
        if (begun.length === 3) link.give({ kind: 'stop' });
        const until = performance.now() + 2;
        while (performance.now() < until);
        return square(first, count, out, context);
      }),
    );
    link.onSent = ({ kind }) => {
      const ranges = Array.from({ length: 100 }, (_, i) => range(10 * i, 1));
      if (kind === 'ready') link.give({ kind: 'assign', ranges });
    };
    link.give(welcomeOf());
    expect(await end).toEqual({ kind: 'stopped' });
    expect(begun.length).toBeLessThan(100);
    expect(rowsOf(link).map(({ index }) => index)).toEqual(begun);
    expect(link.kinds.at(-1)).toBe('bye');
  });

  test('an asynchronous kernel hears of it by its signal, while it runs', async () => {
    const { link, end } = start(
      kernelOf(async (first, count, out, { signal }) => {
        link.give({ kind: 'stop' });
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        return square(first, count, out, undefined as never);
      }),
    );
    link.onSent = ({ kind }) => {
      if (kind === 'ready') link.give({ kind: 'assign', ranges: [range(4, 1), range(5, 1)] });
    };
    link.give(welcomeOf());
    expect(await end).toEqual({ kind: 'stopped' });
    expect(rowsOf(link)).toEqual(expectedRows([range(4, 1)]));
  });

  test('before the welcome, it says bye', async () => {
    const { link, end } = start(kernelOf(square));
    link.give({ kind: 'stop' });
    expect(await end).toEqual({ kind: 'stopped' });
    expect(link.kinds).toEqual(['hello', 'bye']);
  });
});

describe('refused', () => {
  test('a worker ends with the reason and without another word', async () => {
    const { link, end } = start(kernelOf(square));
    link.give({ kind: 'refuse', reason: 'another build' });
    expect(await end).toEqual({ kind: 'refused', reason: 'another build' });
    expect(link.kinds).toEqual(['hello']);
  });

  test('in the middle, it ends as well', async () => {
    const { link, end } = start(kernelOf(square));
    link.onSent = ({ kind }) => {
      if (kind === 'ready') link.give({ kind: 'refuse', reason: 'the other rank cannot follow' });
    };
    link.give(welcomeOf());
    expect(await end).toEqual({ kind: 'refused', reason: 'the other rank cannot follow' });
  });

  test('a worker with another kernel names both', async () => {
    const { link, end } = start(kernelOf(square), 1024, 'squares 2 c');
    link.onSent = (message) => {
      if (message.kind === 'unable') link.give({ kind: 'refuse', reason: message.reason });
    };
    link.give(welcomeOf());
    const reason = `its kernel is squares 2 c, the coordinator's is ${identity}`;
    expect(await end).toEqual({ kind: 'refused', reason });
    expect(link.sent.at(-1)).toEqual({ kind: 'unable', reason });
  });

  test('a worker whose kernel does not load says what was wrong', async () => {
    const link = new FakeLink(1024);
    const end = work({ link, place, hello, loadKernel: () => Promise.reject(new Error('no compiler')) });
    link.onSent = (message) => {
      if (message.kind === 'unable') link.give({ kind: 'refuse', reason: 'so be it' });
    };
    link.give(welcomeOf());
    expect(await end).toEqual({ kind: 'refused', reason: 'so be it' });
    expect(link.sent.at(-1)).toEqual({ kind: 'unable', reason: 'no compiler' });
  });
});
