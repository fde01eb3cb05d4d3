import type { Recovery } from '../store/journal/recover.js';

/**
 * What the journal lost before it was opened, for the user. Where the ranks were started again, a torn end was to be
 * expected: whoever started them has said that MPI had ended them.
 */
export function tellRecovery(
  { cut, lost }: Recovery,
  isRestart: boolean,
  onNotice: (message: string) => void,
): void {
  if (cut && !isRestart) {
    onNotice(
      `the journal's torn end was cut: ${cut.bytes} bytes at byte ${cut.offset} of ${cut.file}; their cases are computed again`,
    );
  }
  for (const { file, offset, bytes } of lost) {
    onNotice(`lost to damage: ${bytes} bytes at byte ${offset} of ${file}; their cases are computed again`);
  }
}
