import { bytesPerElement, elements } from '../../codec/columns.js';
import type { TableColumn } from '../table.js';

/**
 * Rows that a columnar file writes together: many, because every group costs a header, yet bounded in memory.
 * Depends on the columns alone, so that two exports of one study are the same bytes.
 */
export function rowsPerGroup(columns: readonly TableColumn[]): number {
  let rowBytes = 0;
  for (const column of columns) rowBytes += elements(column) * (bytesPerElement[column.dtype] || textBytes);
  return Math.max(256, Math.min(65_536, Math.floor(groupBytes / rowBytes)));
}

const groupBytes = 32 << 20;
/** A guess for strings and JSON, whose length is not known before they are there. */
const textBytes = 16;
