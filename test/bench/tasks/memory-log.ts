/** A journal in no file, for what is measured without one. */
import type { ResultLog } from '../../../src/runtime/links/coordinator-comm.js';

/** Counts what a journal would hold; durable at once. */
export function memoryLog(): ResultLog {
  let position = 0;
  let listener: (position: number) => void = () => {};
  let isScheduled = false;
  return {
    append: (_kind, bytes) => {
      position += bytes.byteLength;
      if (!isScheduled) {
        isScheduled = true;
        setImmediate(() => {
          isScheduled = false;
          listener(position);
        });
      }
      return position;
    },
    backlogBytes: 0,
    onDurable: (given) => {
      listener = given;
    },
    onError: () => {},
    flush: async () => listener(position),
  };
}
