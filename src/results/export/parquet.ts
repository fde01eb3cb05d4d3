/**
 * Parquet through hyparquet-writer. Its general way through nested rows would take an array a row and a call an
 * element; here every vector of a column has the same length, so levels and values are laid out directly and only
 * pages, schema and metadata are left to it. Nothing is compressed: doubles of a simulation hardly shrink.
 */
import type { SchemaElement } from 'hyparquet';
import type { PageData } from 'hyparquet-writer/src/types.js';
import {
  allocateColumn,
  type ColumnData,
  elements,
  isNumeric,
  type NumericData,
} from '../../codec/columns.js';
import type { Table, TableBatch, TableColumn } from '../table.js';
import { rowsPerGroup } from './batch-rows.js';
import { jsonWriter } from './json-value.js';
import type { Sink } from './sink.js';

/**
 * Numbers keep their type, vectors and matrices are LISTs (row-major; shape and unit in the file's metadata under
 * `shoal.columns`), booleans are BOOLEAN, strings UTF8, json columns UTF8 with JSON text. Missing values are null.
 */
export async function* writeParquet(table: Table, sink: Sink): AsyncGenerator<void> {
  const [{ ByteWriter, ParquetWriter }, { writeColumn }, { schemaPathResolver }] = await Promise.all([
    import('hyparquet-writer'),
    import('hyparquet-writer/src/column.js'),
    import('hyparquet-writer/src/schema.js'),
  ]);
  const schema = schemaOf(table.columns);
  const writer = new ByteWriter(1 << 20);
  const parquet = new ParquetWriter({
    writer,
    schema,
    codec: 'UNCOMPRESSED',
    createdBy: 'shoal',
    kvMetadata: [{ key: 'shoal.columns', value: JSON.stringify(descriptions(table.columns)) }],
  });
  const resolve = schemaPathResolver(schema);
  const leaves = table.columns.map(({ name, shape }) =>
    resolve(shape.length === 0 ? [name] : [name, 'list', 'element']).map(({ element }) => element),
  );
  const whole = wholeLevels();
  for (const batch of atLeastOne(table)) {
    const start = writer.offset;
    const chunks = table.columns.map((column, i) =>
      writeColumn({
        writer,
        column: {
          columnName: column.name,
          element: leaves[i]!.at(-1)!,
          schemaPath: leaves[i]!,
          codec: 'UNCOMPRESSED',
          compressors: {},
          stats: column.shape.length === 0,
          pageSize: 1 << 20,
          columnIndex: false,
          offsetIndex: true,
          // Text repeats (status, error types), numbers do not.
          ...(isNumeric(column.dtype) ? { encoding: 'PLAIN' as const } : {}),
        },
        pageData: pageData(column, batch, i, whole),
      }),
    );
    parquet.pendingIndexes.push(...chunks);
    parquet.num_rows += BigInt(batch.count);
    parquet.row_groups.push({
      columns: chunks.map(({ chunk }) => chunk),
      total_byte_size: chunks.reduce(
        (sum, { chunk }) => sum + (chunk.meta_data?.total_uncompressed_size ?? 0n),
        0n,
      ),
      total_compressed_size: BigInt(writer.offset - start),
      num_rows: BigInt(batch.count),
    });
    flush();
    yield;
  }
  await parquet.finish();
  flush();

  function flush(): void {
    sink.write(writer.getBytes());
    writer.index = 0;
  }
}

/** A file without a row group is not read by everyone, so an empty table has one of no rows. */
function* atLeastOne(table: Table): Generator<TableBatch> {
  let isEmpty = true;
  for (const batch of table.batches(rowsPerGroup(table.columns))) {
    isEmpty = false;
    yield batch;
  }
  const data = table.columns.map((column) => allocateColumn(column, 0));
  if (isEmpty) yield { count: 0, data, valid: data.map(() => undefined) };
}

const physicalTypes = {
  float64: 'DOUBLE',
  float32: 'FLOAT',
  int32: 'INT32',
  int64: 'INT64',
  bool: 'BOOLEAN',
  string: 'BYTE_ARRAY',
  json: 'BYTE_ARRAY',
} as const;

function schemaOf(columns: readonly TableColumn[]): SchemaElement[] {
  return [
    { name: 'shoal', num_children: columns.length },
    ...columns.flatMap(({ name, dtype, shape, isNullable }): SchemaElement[] => {
      const repetition_type = isNullable ? 'OPTIONAL' : 'REQUIRED';
      const type = physicalTypes[dtype];
      if (!isNumeric(dtype)) return [{ name, type, converted_type: 'UTF8', repetition_type }];
      if (shape.length === 0) return [{ name, type, repetition_type }];
      return [
        { name, converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1, repetition_type },
        { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
        { name: 'element', type, repetition_type: 'REQUIRED' },
      ];
    }),
  ];
}

function descriptions(
  columns: readonly TableColumn[],
): Record<string, { shape?: readonly number[]; unit?: string }> {
  return Object.fromEntries(
    columns
      .filter(({ shape, unit }) => shape.length > 0 || unit !== undefined)
      .map(({ name, shape, unit }) => [
        name,
        { ...(shape.length > 0 ? { shape } : {}), ...(unit === undefined ? {} : { unit }) },
      ]),
  );
}

/** Values and levels of one column: an OPTIONAL column adds a definition level, a LIST one more and a repetition. */
function pageData(
  column: TableColumn,
  { count, data, valid }: TableBatch,
  c: number,
  whole: WholeLevels,
): PageData {
  const size = elements(column);
  const isList = column.shape.length > 0;
  const maxDefinitionLevel = (column.isNullable ? 1 : 0) + (isList ? 1 : 0);
  const values = physicalValues(column, data[c]!, count * size);
  const mask = valid[c];
  const missing = mask ? mask.reduce((sum, byte) => sum + (byte === 0 ? 1 : 0), 0) : 0;
  if (missing > 0) return pageDataWithGaps(values, mask!, size, isList, maxDefinitionLevel);
  return { values, ...whole(count, isList ? size : 0, maxDefinitionLevel), maxDefinitionLevel };
}

type Levels = Pick<PageData, 'definitionLevels' | 'repetitionLevels'>;
type WholeLevels = (rows: number, size: number, definition: number) => Levels;

/** Levels of rows that all have a value (`size` is 0 without a LIST). They are the same for every group but the last. */
function wholeLevels(): WholeLevels {
  const known = new Map<string, Levels>();
  return (rows, size, definition) => {
    const key = `${rows} ${size} ${definition}`;
    const before = known.get(key);
    if (before) return before;
    const slots = rows * Math.max(1, size);
    const repetitionLevels = new Array<number>(size > 0 ? slots : 0).fill(1);
    for (let at = 0; at < repetitionLevels.length; at += size) repetitionLevels[at] = 0;
    const definitionLevels = new Array<number>(definition > 0 ? slots : 0).fill(definition);
    const levels = { definitionLevels, repetitionLevels };
    known.set(key, levels);
    return levels;
  };
}

function pageDataWithGaps(
  values: ArrayLike<unknown>,
  mask: Uint8Array,
  size: number,
  isList: boolean,
  maxDefinitionLevel: number,
): PageData {
  const kept: unknown[] = [];
  const definitionLevels: number[] = [];
  const repetitionLevels: number[] = [];
  for (let row = 0; row < mask.length; row++) {
    const isMissing = mask[row] === 0;
    // A missing list still takes one slot.
    for (let i = 0; i < (isMissing ? 1 : size); i++) {
      kept.push(isMissing ? null : values[row * size + i]);
      definitionLevels.push(isMissing ? 0 : maxDefinitionLevel);
      if (isList) repetitionLevels.push(i === 0 ? 0 : 1);
    }
  }
  return { values: kept, definitionLevels, repetitionLevels, maxDefinitionLevel };
}

function physicalValues(column: TableColumn, data: ColumnData, length: number): PageData['values'] {
  switch (column.dtype) {
    case 'bool':
      return Array.from(data as Uint8Array, Boolean);
    case 'string':
      return data as string[];
    case 'json': {
      const json = jsonWriter(column);
      return Array.from({ length }, (_, row) => json(data, row));
    }
    default:
      return data as Exclude<NumericData, Uint8Array>;
  }
}
