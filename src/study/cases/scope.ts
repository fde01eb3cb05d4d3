/** Columns as expressions see them: numbered scalar slots. */
import { type ColumnSpec, elements, isNumeric } from '../../codec/columns.js';
import type { Scope, Variable } from '../expression/resolve.js';

export interface SlotTable {
  readonly scope: Scope;
  /** First slot of each column, -1 for a text column. */
  readonly firstSlots: readonly number[];
  readonly slotCount: number;
}

/** Slots in the order of the columns, one for each element of each numeric column. */
export function slotTable(columns: readonly ColumnSpec[]): SlotTable {
  const scope = new Map<string, Variable>();
  const firstSlots: number[] = [];
  let slotCount = 0;
  for (const column of columns) {
    if (!isNumeric(column.dtype)) {
      firstSlots.push(-1);
      continue;
    }
    const first = slotCount;
    const slots = Array.from({ length: elements(column) }, (_, element) => first + element);
    scope.set(column.name, { slots, isVector: column.shape.length > 0 });
    firstSlots.push(first);
    slotCount += slots.length;
  }
  return { scope, firstSlots, slotCount };
}
