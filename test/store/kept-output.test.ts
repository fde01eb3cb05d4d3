import { closeSync, openSync, readdirSync, realpathSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { EnvironmentError } from '../../src/errors/environment-error.js';
import { type KeptOutput, OutputWriter, type Printed, readKept } from '../../src/store/kept-output.js';
import { openRunDirectory } from '../../src/store/run-directory.js';
import { studyOf, temporaryFolder } from './support.js';

let folder: string;
let runDir: string;
let fingerprint: string;
let count = 0;

beforeEach(() => {
  folder = realpathSync(temporaryFolder());
  runDir = join(folder, 'run');
  const study = studyOf(4);
  fingerprint = study.fingerprint;
  openRunDirectory(runDir, study).close();
});

/** A file with this text, open for reading. */
function printed(text: string): Printed {
  const path = join(folder, `printed-${count++}`);
  writeFileSync(path, text);
  return { descriptor: openSync(path, 'r'), bytes: Buffer.byteLength(text) };
}

const read = (kept: KeptOutput, stream: 'stdout' | 'stderr' = 'stdout'): string =>
  Buffer.concat([...readKept(runDir, kept, stream)]).toString();

function keep(writer: OutputWriter, stdout: string, stderr: string): KeptOutput {
  const streams = [printed(stdout), printed(stderr)] as const;
  try {
    return writer.append(...streams);
  } finally {
    for (const { descriptor } of streams) closeSync(descriptor);
  }
}

describe('outputs of one process', () => {
  test('lie one behind the other in one file, of any size, none included', () => {
    const writer = OutputWriter.open(runDir, fingerprint) as OutputWriter;
    const large = 'ä'.repeat(200_000);
    const texts = [
      ['one\n', 'oops\n'],
      ['', 'only an error\n'],
      [large, ''],
      ['last', 'word'],
    ] as const;
    const kept = texts.map(([stdout, stderr]) => keep(writer, stdout, stderr));
    writer.close();
    const same = kept.map(
      (each, i) => read(each) === texts[i]?.[0] && read(each, 'stderr') === texts[i]?.[1],
    );
    expect(same).toEqual([true, true, true, true]);
    expect(readdirSync(join(runDir, 'output'))).toHaveLength(1);
  });

  test('are not written where the folder is that of another study, or none', () => {
    expect(OutputWriter.open(runDir, 'f'.repeat(64))).toBeUndefined();
    expect(OutputWriter.open(join(folder, 'nowhere'), fingerprint)).toBeUndefined();
    expect(readdirSync(folder)).toContain('run');
    expect(readdirSync(folder)).not.toContain('nowhere');
    expect(readdirSync(runDir)).not.toContain('output');
  });

  test('that are gone, wholly or in part, are told by name', () => {
    const writer = OutputWriter.open(runDir, fingerprint) as OutputWriter;
    const kept = keep(writer, 'hello\n', '') as KeptOutput & { kind: 'file' };
    writer.close();
    truncateSync(join(runDir, 'output', kept.file), 3);
    expect(() => read(kept)).toThrow(/ends at byte 3, before the end of this output at 6/);
    expect(() => read({ ...kept, file: 'no-such' })).toThrow(EnvironmentError);
  });
});

test('what travelled with a result is read from it', () => {
  const kept: KeptOutput = { kind: 'text', stdout: 'a\n', stderr: 'b\n', cut: 0 };
  expect([read(kept), read(kept, 'stderr')]).toEqual(['a\n', 'b\n']);
});
