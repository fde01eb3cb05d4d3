import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { mapFile } from '../../../src/ffi/map-file.js';
import { beaconBytes, recordCells, slotCells, textBytes } from '../../../src/process/beacon/layout.js';
import { Beacon } from '../../../src/process/beacon/reader.js';
import { BeaconWriter } from '../../../src/process/beacon/writer.js';
import { bundleProgram } from '../bundle.js';

const open: Beacon[] = [];

afterEach(() => {
  for (const beacon of open.splice(0)) beacon.close();
});

function lamp(slots = 1): { beacon: Beacon; writer: BeaconWriter } {
  const beacon = new Beacon(slots);
  open.push(beacon);
  return { beacon, writer: new BeaconWriter(mapFile(beacon.descriptor, beaconBytes(slots))) };
}

describe('the beacon of a process', () => {
  test('is dark until the process has it, and shows nothing while nothing runs', () => {
    const beacon = new Beacon(1);
    open.push(beacon);
    expect(beacon.look()).toBeUndefined();
    new BeaconWriter(mapFile(beacon.descriptor, beaconBytes(1)));
    expect(beacon.look()).toEqual([]);
  });

  test('shows what runs in each slot, from its begin to its end', () => {
    const { beacon, writer } = lamp(3);
    expect(writer.slots).toBe(3);
    writer.slot(2).begin(7, 3);
    writer.slot(0).begin(2 ** 40, 1);
    const sightings = beacon.look() ?? [];
    expect(sightings.map(({ first, count }) => [first, count])).toEqual([
      [2 ** 40, 1],
      [7, 3],
    ]);
    writer.slot(0).end();
    expect(beacon.look()?.map(({ first }) => first)).toEqual([7]);
  });

  test('tells one batch from the next, and counts signs of life', () => {
    const { beacon, writer } = lamp();
    const slot = writer.slot(0);
    slot.begin(7, 1);
    const [one] = beacon.look() ?? [];
    slot.sign();
    const [two] = beacon.look() ?? [];
    expect(two).toEqual({ ...one, signs: one!.signs + 1 });
    slot.end();
    slot.begin(7, 1);
    expect(beacon.look()?.[0]?.starts).not.toBe(one?.starts);
  });

  test('shows progress with as much of its text as fits, and forgets it with the case', () => {
    const { beacon, writer } = lamp();
    const slot = writer.slot(0);
    slot.begin(1, 1);
    expect(beacon.look()?.[0]?.progress).toBeUndefined();
    slot.progress(0.25, 'inverting ß');
    expect(beacon.look()?.[0]?.progress).toEqual({ fraction: 0.25, text: 'inverting ß' });
    slot.progress(0.5, `${'x'.repeat(textBytes - 1)}ß`);
    expect(beacon.look()?.[0]?.progress).toEqual({ fraction: 0.5, text: 'x'.repeat(textBytes - 1) });
    slot.progress(1, '');
    expect(beacon.look()?.[0]?.progress).toEqual({ fraction: 1, text: '' });
    slot.begin(2, 1);
    expect(beacon.look()?.[0]?.progress).toBeUndefined();
  });

  test('takes a wish to stop back', () => {
    const { beacon, writer } = lamp();
    expect(writer.isCancelled).toBe(false);
    beacon.cancel();
    expect(writer.isCancelled).toBe(true);
  });

  test('leaves no file behind, whoever lives', () => {
    const { beacon } = lamp();
    const left = readdirSync('/dev/shm').filter((name) => name.startsWith(`shoal-beacon-${process.pid}-`));
    expect(left).toEqual([]);
    beacon.close();
    beacon.close();
  });

  test('has room for its text behind its numbers', () => {
    expect(slotCells.text * 8 + textBytes).toBe(recordCells * 8);
  });
});

describe('another process', () => {
  let program = '';
  beforeAll(async () => {
    program = await bundleProgram('test/process/programs/lamp.ts');
  });

  test('writes to it through its descriptor, and what it wrote last is there after its death', () => {
    const beacon = new Beacon(1);
    open.push(beacon);
    const child = spawnSync(process.execPath, [program], {
      stdio: ['ignore', 'inherit', 'inherit', beacon.descriptor],
    });
    expect(child.signal).toBe('SIGKILL');
    expect(beacon.look()).toMatchObject([{ first: 42, count: 1, progress: { fraction: 0.5, text: 'half' } }]);
  });
});
