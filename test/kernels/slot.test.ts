import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mapFile } from '../../src/ffi/map-file.js';
import { CancelSource } from '../../src/kernels/cancel.js';
import type { KernelContext } from '../../src/kernels/kernel.js';
import { CaseInModule } from '../../src/kernels/module-context.js';
import { Slot } from '../../src/kernels/slot.js';
import { beaconBytes } from '../../src/process/beacon/layout.js';
import { Beacon } from '../../src/process/beacon/reader.js';
import { BeaconWriter } from '../../src/process/beacon/writer.js';

let root: string;
let beacon: Beacon;
const lines: string[] = [];

beforeAll(() => {
  root = join(mkdtempSync(join(tmpdir(), 'shoal-slot-')), 'made', 'when needed');
  beacon = new Beacon(1);
});

afterAll(() => {
  beacon.close();
  rmSync(join(root, '../..'), { recursive: true });
});

function slotOf(): { slot: Slot; cancel: CancelSource } {
  const writer = new BeaconWriter(mapFile(beacon.descriptor, beaconBytes(1)));
  const cancel = new CancelSource(() => writer.isCancelled);
  const log = (line: string): void => {
    lines.push(line);
  };
  const options = { worker: 3, threads: 2, cancel, scratchRoot: () => root, log };
  return { slot: new Slot({ ...options, beacon: writer.slot(0) }), cancel };
}

const running = (): (readonly [number, number])[] =>
  (beacon.look() ?? []).map(({ first, count }) => [first, count]);

describe('a slot', () => {
  test('shows the batch, then each case of it that begins, then nothing', () => {
    const { slot } = slotOf();
    const context = slot.open(10, 4, 2);
    expect(context).toMatchObject({ first: 10, attempt: 2, worker: 3, threads: 2, isCancelled: false });
    expect(running()).toEqual([[10, 4]]);
    expect(context.single(2)).toMatchObject({ first: 12, attempt: 2, worker: 3 });
    expect(running()).toEqual([[12, 1]]);
    slot.close();
    expect(running()).toEqual([]);
  });

  test('gives each case an empty folder of its own, the same at each call, and takes it away behind it', () => {
    const { slot } = slotOf();
    const context = slot.open(0, 2, 1);
    const folders = [0, 1].map((offset) => {
      const { scratch } = context.single(offset);
      const folder = scratch();
      expect(readdirSync(folder)).toEqual([]);
      writeFileSync(join(folder, 'file'), 'text');
      expect(scratch()).toBe(folder);
      return folder;
    });
    expect(new Set(folders).size).toBe(2);
    expect(existsSync(folders[0]!)).toBe(false);
    expect(existsSync(folders[1]!)).toBe(true);
    slot.close();
    expect(existsSync(folders[1]!)).toBe(false);
  });

  test('makes no folder where none is asked for', () => {
    rmSync(root, { recursive: true, force: true });
    const { slot } = slotOf();
    slot.open(0, 1, 1);
    slot.close();
    expect(existsSync(root)).toBe(false);
  });

  test('counts lines and progress as signs of life', () => {
    const { slot } = slotOf();
    const { log, progress } = slot.open(0, 1, 1);
    const before = beacon.look()![0]!.signs;
    log('a line');
    progress(0.5);
    expect(lines).toContain('a line');
    expect(beacon.look()![0]).toMatchObject({ signs: before + 2, progress: { fraction: 0.5, text: '' } });
    slot.close();
  });

  test.each([-0.1, 1.1, 40, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d as progress', (value) => {
    const { slot } = slotOf();
    expect(() => slot.open(0, 1, 1).progress(value)).toThrow(
      `progress takes a part of 1, from 0 to 1, not ${value}`,
    );
    slot.close();
  });
});

test('The context of a module has all that the context of its case has', () => {
  const { slot } = slotOf();
  const context = slot.open(5, 1, 2);
  const extra = { shared: { a: 1 }, settings: 'as written', prepared: 7 };
  const inModule = new CaseInModule(context, extra);
  const members = [
    'first',
    'attempt',
    'worker',
    'threads',
    'signal',
    'isCancelled',
    'log',
    'progress',
    'scratch',
  ];
  for (const name of members) {
    expect(inModule[name as keyof KernelContext], name).toBe(context[name as keyof KernelContext]);
  }
  expect(inModule).toMatchObject(extra);
  slot.close();
});

describe('a wish to stop', () => {
  test('from outside is seen by code that never gives the event loop a turn', () => {
    const { slot } = slotOf();
    const { signal } = slot.open(0, 1, 1);
    expect(signal.aborted).toBe(false);
    expect(() => signal.throwIfAborted()).not.toThrow();
    beacon.cancel();
    expect(signal.aborted).toBe(true);
    expect(() => signal.throwIfAborted()).toThrow('aborted');
    slot.close();
  });

  test('is heard by listeners once, whoever finds it first', () => {
    let isAsked = false;
    const cancel = new CancelSource(() => isAsked);
    let heard = 0;
    cancel.signal.addEventListener('abort', () => heard++);
    expect(cancel.isCancelled).toBe(false);
    isAsked = true;
    expect(cancel.isCancelled).toBe(true);
    cancel.cancel();
    expect(heard).toBe(1);
    expect(cancel.signal).toBeInstanceOf(AbortSignal);
    expect(cancel.signal.reason).toMatchObject({ name: 'AbortError' });
  });
});
