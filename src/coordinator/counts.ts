/** Cases whose rows went to the journal, counted at the positions where they become durable. */
import type { CoordinatorState } from './state.js';

/** Marks closer than this in the journal become one: a mark a message would be many. */
const markBytes = 64 * 1024;

/** `cases` rows lie in the `bytes` in front of `position`. */
export function count(
  state: CoordinatorState,
  position: number,
  bytes: number,
  cases: number,
  failed: number,
): void {
  state.appended += cases;
  state.appendedFailed += failed;
  const last = state.marks.at(-1);
  if (last && position - last.start < markBytes) {
    last.position = position;
    last.done = state.appended;
    last.failed = state.appendedFailed;
  } else {
    const { appended: done, appendedFailed } = state;
    state.marks.push({ start: position - bytes, position, done, failed: appendedFailed });
  }
}
