import { Readable } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines } from '../../../src/process/spawn/lines.js';

async function linesOf(pieces: readonly Uint8Array[]): Promise<string[]> {
  const stream = Readable.from(pieces, { objectMode: false });
  const lines: string[] = [];
  readLines(stream, (line) => lines.push(line));
  await new Promise((resolve) => stream.on('close', resolve));
  return lines;
}

test('lines are the same however the bytes are cut', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll(/[\r\n]/g, '')),
        { minLength: 1 },
      ),
      fc.array(fc.nat(50)),
      async (lines, cuts) => {
        const bytes = Buffer.from(`${lines.join('\n')}\n`);
        const pieces: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(bytes.subarray(at, at + cut));
          at += cut;
        }
        pieces.push(bytes.subarray(at));
        expect(await linesOf(pieces.filter((piece) => piece.length > 0))).toEqual(lines);
      },
    ),
    { numRuns: 50 },
  );
});

test('a last line without an end is given too, and a carriage return before an end is not', async () => {
  expect(await linesOf([Buffer.from('one\r\ntwo')])).toEqual(['one', 'two']);
});

test('a line without an end is given on before it fills the memory', async () => {
  const lines = await linesOf([Buffer.alloc(200_000, 'x')]);
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.join('')).toHaveLength(200_000);
});
