import { describe, expect, test } from 'vitest';
import type { ColumnSpec } from '../../src/codec/columns.js';
import { noPast } from '../../src/coordinator/state.js';
import type { ReadyKernel } from '../../src/kernels/kernel.js';
import { type CoordinateRequest, coordinate } from '../../src/runtime/coordinate.js';
import type { ResultLog } from '../../src/runtime/links/coordinator-comm.js';
import type { Strategy } from '../../src/study/study.js';
import { studyOf } from '../store/support.js';
import { blocksOf } from '../worker/fake-link.js';
import { identity, MemoryLinks, type MemoryOptions } from './memory-links.js';

const value: ColumnSpec = { name: 'value', dtype: 'float64', shape: [] };

function kernelOf(name = 'squares', before: (index: number) => void = () => {}): ReadyKernel {
  return {
    ...{ name, version: '1', form: 'typescript', inputs: [], outputs: [value] },
    runBatch: (count, _columns, out, { first }) => {
      for (let i = 0; i < count; i++) {
        before(first + i);
        (out.value as Float64Array)[i] = (first + i) ** 2;
      }
      return undefined;
    },
  };
}

/** Keeps what is appended; it is durable when the event loop has turned. */
class MemoryLog implements ResultLog {
  readonly rows = new Map<number, (number | string)[]>();
  readonly backlogBytes = 0;
  failWith: Error | undefined;
  #position = 0;
  #onDurable: (position: number) => void = () => {};
  #onError: (error: Error) => void = () => {};

  append(kind: Parameters<ResultLog['append']>[0], bytes: Uint8Array): number {
    this.#position += bytes.byteLength;
    if (kind === 'results') {
      for (const { first, count, columns, failures } of blocksOf([value], bytes)) {
        for (let i = 0; i < count; i++) {
          const failure = failures.find(({ offset }) => offset === i);
          const result = failure ? failure.type : (columns.value as Float64Array)[i]!;
          this.rows.set(first + i, [...(this.rows.get(first + i) ?? []), result]);
        }
      }
      setImmediate(() => (this.failWith ? this.#onError(this.failWith) : this.#onDurable(this.#position)));
    }
    return this.#position;
  }

  onDurable(listener: (position: number) => void): void {
    this.#onDurable = listener;
  }

  onError(listener: (error: Error) => void): void {
    this.#onError = listener;
  }

  async flush(): Promise<void> {
    this.#onDurable(this.#position);
  }
}

interface Setup {
  readonly options?: Partial<MemoryOptions>;
  readonly request?: Partial<CoordinateRequest>;
  readonly cases?: number;
}

function run({ options, request, cases = 500 }: Setup) {
  const links = new MemoryLinks({ workers: [0, 1, 2], kernelOf: () => kernelOf(), ...options });
  const log = new MemoryLog();
  const notices: string[] = [];
  const plan = { count: cases, columns: [], axes: [cases], sample: null, sources: [], derived: [] };
  const coordination = coordinate({
    ...{ links, identity, log, shared: null, form: 'typescript', kernelIdentity: 'squares' },
    ...{ study: studyOf(cases, { cases: plan }), outputs: [value], ranges: [{ first: 0, count: cases }] },
    ...{ strategy: 'adaptive', chunk: 'auto', past: noPast, batching: 'adaptive' },
    stop: new AbortController().signal,
    onNotice: (message) => notices.push(message),
    onWorkerLog: () => {},
    ...request,
  });
  return { links, log, notices, ...coordination };
}

const allSquares = (count: number, from = 0) =>
  new Map(Array.from({ length: count }, (_, i) => [from + i, [(from + i) ** 2]]));

describe('a run', () => {
  test.each([
    'adaptive',
    'block',
    'cyclic',
    'lpt',
    'self',
    'guided',
    'factoring',
    'adaptive-factoring',
    'work-stealing',
  ] satisfies Strategy[])(
    'by strategy %s computes every case once and ends when all is durable',
    async (strategy) => {
      const { finished, log, links, state } = run({ request: { strategy } });
      expect(await finished).toBe('completed');
      expect(log.rows).toEqual(allSquares(500));
      expect(state.durable).toBe(500);
      for (const end of links.ends.values()) expect(await end).toEqual({ kind: 'stopped' });
    },
  );

  test('computes only the ranges asked for', async () => {
    const ranges = [
      { first: 3, count: 4 },
      { first: 100, count: 2 },
    ];
    const { finished, log } = run({ request: { ranges } });
    expect(await finished).toBe('completed');
    expect([...log.rows.keys()].sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 100, 101]);
  });

  test('waits for no more than the disk: an error of the journal ends it', async () => {
    const { finished, log } = run({});
    log.failWith = new Error('no space left on device');
    await expect(finished).rejects.toThrow('no space left on device');
  });

  test('knows the host of each worker', async () => {
    const { finished, hosts } = run({ options: { workers: [4, 9] } });
    await finished;
    expect(hosts).toEqual(
      new Map([
        [4, 'host4'],
        [9, 'host9'],
      ]),
    );
  });
});

describe('the handshake', () => {
  test.each([
    [{ build: 'c' }, /worker 1 \(pid 101 on host1\) runs build c, the coordinator b/],
    [{ protocol: 99 }, /worker 1 \(pid 101 on host1\) speaks protocol 99, the coordinator 1/],
  ])(
    'refuses a worker that says %j by name, and sends all home before any computes',
    async (hello, reason) => {
      const { finished, links, log } = run({ options: { helloOf: (worker) => (worker === 1 ? hello : {}) } });
      await expect(finished).rejects.toThrow(reason);
      for (const end of links.ends.values()) {
        expect(await end).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) });
      }
      expect(log.rows.size).toBe(0);
    },
  );

  test('refuses a worker whose kernel is another', async () => {
    const { finished } = run({
      options: { kernelOf: (worker) => kernelOf(worker === 2 ? 'cubes' : 'squares') },
    });
    await expect(finished).rejects.toThrow(
      "worker 2 on host2 is refused: its kernel is cubes, the coordinator's is squares",
    );
  });

  test('begins when the last has come, however late', async () => {
    const delayMs = (worker: number) => (worker === 2 ? 50 : 0);
    const started: number[] = [];
    const { finished, links } = run({
      options: { delayMs },
      request: { onStarted: () => started.push(links.ends.size) },
    });
    expect(await finished).toBe('completed');
    expect(started).toEqual([3]);
    for (const kinds of links.told.values()) expect(kinds[0]).toBe('welcome');
  });
});

describe('a worker that dies', () => {
  const onlyOneWelcome = (links: MemoryLinks) => {
    for (const [worker, kinds] of links.told) {
      const welcomes = kinds.filter((kind) => kind === 'welcome').length;
      expect(`${worker}: ${welcomes}`).toBe(`${worker}: 1`);
    }
  };

  test.each([
    [
      'before another has said hello',
      { diesAtStart: (w: number) => w === 0, delayMs: (w: number) => w * 40 },
    ],
    ['as the last one', { diesAtStart: (w: number) => w === 2, delayMs: (w: number) => w * 40 }],
    [
      'while its successor takes long to come',
      { diesAtStart: (w: number) => w === 0, delayMs: (w: number) => (w === 1 ? 40 : w === 7 ? 80 : 0) },
    ],
    [
      'whose successor dies as well',
      { diesAtStart: (w: number) => w === 0 || w === 7, delayMs: (w: number) => w * 10 },
    ],
  ])('%s is replaced, and each gets one welcome', async (_, options) => {
    const { finished, log, links, notices } = run({ options: { ...options, successors: [7, 8] } });
    expect(await finished).toBe('completed');
    expect(log.rows).toEqual(allSquares(500));
    expect(notices[0]).toMatch(/worker \d was ended by the test; its cases are computed by others/);
    onlyOneWelcome(links);
  });

  test('without a successor leaves its cases to the others', async () => {
    let count = 0;
    const options: Partial<MemoryOptions> = {
      kernelOf: (worker) =>
        kernelOf('squares', () => {
          if (worker === 1 && ++count === 5) links.kill(1);
        }),
    };
    const { finished, log, links } = run({ options });
    expect(await finished).toBe('completed');
    expect(log.rows).toEqual(allSquares(500));
  });

  test('as the last one of all ends the run', async () => {
    const { finished } = run({ options: { workers: [0], diesAtStart: () => true } });
    await expect(finished).rejects.toThrow('no worker is left: worker 0 was ended by the test');
  });

  test('of one case each time costs that case alone', async () => {
    const options: Partial<MemoryOptions> = {
      workers: [0, 1],
      successors: [2, 3, 4, 5, 6],
      kernelOf: (worker) =>
        kernelOf('squares', (index) => {
          if (index === 77) links.kill(worker);
        }),
    };
    const { finished, log, links } = run({ options });
    expect(await finished).toBe('completed');
    expect(log.rows).toEqual(new Map<number, unknown>([...allSquares(500), [77, ['WorkerLost']]]));
  });
});

describe('a stop', () => {
  test('keeps what is done, and a second run computes the rest', async () => {
    const stop = new AbortController();
    const slow = kernelOf('squares', (index) => {
      if (index === 40) stop.abort();
    });
    const { finished, log, state } = run({
      options: { kernelOf: () => slow },
      request: { stop: stop.signal, chunk: 3, strategy: 'self' },
    });
    expect(await finished).toBe('interrupted');
    expect(state.durable).toBe(log.rows.size);
    expect(log.rows.size).toBeGreaterThan(40);
    expect(log.rows.size).toBeLessThan(500);
    const missing = Array.from({ length: 500 }, (_, i) => i).filter((index) => !log.rows.has(index));
    const rest = run({ request: { ranges: missing.map((first) => ({ first, count: 1 })) } });
    expect(await rest.finished).toBe('completed');
    expect(new Map([...log.rows, ...rest.log.rows])).toEqual(allSquares(500));
  });

  test.each([0, 20])('before workers are up (%d ms) sends them home', async (ms) => {
    const stop = new AbortController();
    if (ms === 0) stop.abort();
    else setTimeout(() => stop.abort(), ms);
    const { finished, log, links } = run({
      options: { delayMs: () => 40 },
      request: { stop: stop.signal },
    });
    expect(await finished).toBe('interrupted');
    expect(log.rows.size).toBe(0);
    for (const end of links.ends.values()) expect(await end).toEqual({ kind: 'stopped' });
  });
});
