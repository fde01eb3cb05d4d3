import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Block,
  BlockWriter,
  blockHeaderBytes,
  decodeBlock,
  encodeBlock,
  failureCount,
  numericBytesPerCase,
  readBlockHeader,
  readFailures,
} from '../../src/codec/block.js';
import type { ColumnSpec } from '../../src/codec/columns.js';
import { bitsOf, specsAndBlock, specsAndBlocks } from './arbitraries.js';

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A block without its columns, which are compared bit by bit. */
function facts({ columns: _columns, ...rest }: Block): Omit<Block, 'columns'> {
  return rest;
}

describe('a block', () => {
  test('comes back with the same bits, whatever its columns and failures', () => {
    fc.assert(
      fc.property(specsAndBlock, ([specs, block]) => {
        const back = decodeBlock(specs, encodeBlock(specs, block), 0);
        expect(facts(back)).toEqual(facts(block));
        expect(bitsOf(specs, back.columns)).toEqual(bitsOf(specs, block.columns));
      }),
    );
  });

  test('is a multiple of 8 bytes, as long as its header says', () => {
    fc.assert(
      fc.property(specsAndBlock, ([specs, block]) => {
        const bytes = encodeBlock(specs, block);
        expect(bytes.byteLength % 8).toBe(0);
        expect(blockHeaderBytes + readBlockHeader(viewOf(bytes), 0).bodyBytes).toBe(bytes.byteLength);
      }),
    );
  });

  test('has equal bytes wherever it is written: nothing of what lay there before shows through', () => {
    fc.assert(
      fc.property(specsAndBlock, fc.nat({ max: 5 }), ([specs, block], words) => {
        const alone = encodeBlock(specs, block);
        const target = new Uint8Array(alone.byteLength + 8 * words + 16).fill(0xab);
        expect(new BlockWriter(specs).writeInto(target, 8 * words, block)).toBe(alone.byteLength);
        expect(target.subarray(8 * words, 8 * words + alone.byteLength)).toEqual(alone);
        expect(target.subarray(8 * words + alone.byteLength)).toEqual(new Uint8Array(16).fill(0xab));
      }),
    );
  });

  test('that does not fit by a single byte is not begun', () => {
    fc.assert(
      fc.property(specsAndBlock, ([specs, block]) => {
        const target = new Uint8Array(encodeBlock(specs, block).byteLength - 1);
        expect(new BlockWriter(specs).writeInto(target, 0, block)).toBe(0);
        expect(target.every((byte) => byte === 0)).toBe(true);
      }),
    );
  });

  test('is read out of many that lie back to back, by the lengths in their headers', () => {
    fc.assert(
      fc.property(specsAndBlocks, ([specs, blocks]) => {
        // One writer for all and one place in memory: none may show traces of the one before it.
        const writer = new BlockWriter(specs);
        const place = new Uint8Array(1 << 16);
        const parts = blocks.map((block) => place.slice(0, writer.writeInto(place, 0, block)));
        const bytes = new Uint8Array(Buffer.concat(parts));
        const back: Block[] = [];
        for (let at = 0; at < bytes.byteLength; ) {
          expect(failureCount(bytes, at)).toBe(blocks[back.length]?.failures.length);
          expect(readFailures(bytes, at)).toEqual(blocks[back.length]?.failures);
          back.push(decodeBlock(specs, bytes, at));
          at += blockHeaderBytes + readBlockHeader(viewOf(bytes), at).bodyBytes;
        }
        expect(back.map(facts)).toEqual(blocks.map(facts));
        expect(back.map(({ columns }) => bitsOf(specs, columns))).toEqual(
          blocks.map(({ columns }) => bitsOf(specs, columns)),
        );
      }),
    );
  });

  test('is read from a view that begins anywhere in its buffer', () => {
    fc.assert(
      fc.property(specsAndBlock, fc.nat({ max: 7 }), ([specs, block], shift) => {
        const alone = encodeBlock(specs, block);
        const shifted = new Uint8Array(alone.byteLength + shift).subarray(shift);
        shifted.set(alone);
        const back = decodeBlock(specs, shifted, 0);
        expect(facts(back)).toEqual(facts(block));
        expect(bitsOf(specs, back.columns)).toEqual(bitsOf(specs, block.columns));
      }),
    );
  });

  test('gives columns that are its own: later bytes in the buffer do not change them', () => {
    const specs: ColumnSpec[] = [{ name: 'x', dtype: 'float64', shape: [2] }];
    const columns = { x: Float64Array.of(1, 2, 3, 4) };
    const block = { first: 0, count: 2, startedMs: 0, elapsedMs: 0, worker: 1, attempt: 1, columns };
    const bytes = encodeBlock(specs, { ...block, failures: [] });
    const back = decodeBlock(specs, bytes, 0);
    bytes.fill(0xff);
    expect(back.columns.x).toEqual(columns.x);
  });

  test('of a column longer than the count keeps the count', () => {
    const specs: ColumnSpec[] = [
      { name: 'x', dtype: 'float64', shape: [] },
      { name: 's', dtype: 'string', shape: [] },
    ];
    const columns = { x: Float64Array.of(1, 2, 3), s: ['a', 'b', 'c'] };
    const block = { first: 7, count: 2, startedMs: 0, elapsedMs: 0, worker: 1, attempt: 1, columns };
    const back = decodeBlock(specs, encodeBlock(specs, { ...block, failures: [] }), 0);
    expect(back.columns).toEqual({ x: Float64Array.of(1, 2), s: ['a', 'b'] });
  });
});

test('bytes a case count numeric columns only', () => {
  expect(
    numericBytesPerCase([
      { name: 'a', dtype: 'float64', shape: [31] },
      { name: 'b', dtype: 'int32', shape: [2, 3] },
      { name: 'c', dtype: 'bool', shape: [] },
      { name: 'd', dtype: 'string', shape: [] },
    ]),
  ).toBe(31 * 8 + 6 * 4 + 1);
});
