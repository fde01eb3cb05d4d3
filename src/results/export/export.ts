import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EnvironmentError } from '../../errors/environment-error.js';
import type { OutputFormat } from '../../study/study.js';
import type { Table } from '../table.js';
import { writeArrow } from './arrow.js';
import { writeCsv } from './csv.js';
import { writeJsonl } from './jsonl.js';
import { OutputFile } from './output-file.js';
import { writeParquet } from './parquet.js';
import type { Sink } from './sink.js';

export interface ExportOutcome {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Where the results of a run go in a format when the user names no file: RUN_DIR/results.csv and so on. */
export function exportPath(
  runDir: string,
  format: OutputFormat,
  table: 'results' | 'execution' = 'results',
): string {
  return join(runDir, `${table}.${format}`);
}

/**
 * Writes a table to `path`, which is the old file or the whole new one at every moment. The same rows give the same
 * bytes. Other work of this process gets a turn between batches; aborting `signal` leaves the old file.
 *
 * @throws EnvironmentError when the file cannot be written
 */
export async function exportTable(
  table: Table,
  format: OutputFormat,
  path: string,
  signal?: AbortSignal,
): Promise<ExportOutcome> {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new EnvironmentError(`cannot write ${path}: ${(error as Error).message}`, { cause: error });
  }
  const file = new OutputFile(path);
  try {
    for await (const _batch of writers[format](table, file)) {
      signal?.throwIfAborted();
      await nextTurn();
    }
    file.commit();
    return { path, rows: table.rowCount, bytes: file.bytes };
  } finally {
    file.close();
  }
}

/**
 * Hands the bytes of a table to `send`, which resolves when they have left: no more than a batch waits in memory.
 * The bytes are those that `exportTable` writes.
 */
export async function streamTable(
  table: Table,
  format: OutputFormat,
  send: (bytes: Uint8Array) => Promise<void>,
  signal?: AbortSignal,
): Promise<{ rows: number; bytes: number }> {
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const sink: Sink = {
    write: (piece) => waiting.push(Uint8Array.from(piece)),
    writeText: (text) => waiting.push(Buffer.from(text)),
  };
  const sendWaiting = async (): Promise<void> => {
    for (const piece of waiting) {
      await send(piece);
      bytes += piece.byteLength;
    }
    waiting = [];
  };
  for await (const _batch of writers[format](table, sink)) {
    signal?.throwIfAborted();
    await sendWaiting();
  }
  // What a writer says behind its last batch: the foot of the binary formats.
  await sendWaiting();
  return { rows: table.rowCount, bytes };
}

type Writer = (table: Table, sink: Sink) => Iterable<void> | AsyncIterable<void>;

const writers: Readonly<Record<OutputFormat, Writer>> = {
  csv: writeCsv,
  jsonl: writeJsonl,
  parquet: writeParquet,
  arrow: writeArrow,
};
