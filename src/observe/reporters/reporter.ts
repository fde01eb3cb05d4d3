/** Who shows a run to somebody: a terminal, a file, a program. */
import type { RunListener, RunOutcome } from '../../runtime/api.js';

export interface Reporter extends RunListener {
  /** The last call, and always made; without an outcome the run ended by an error or was abandoned. Idempotent. */
  onFinished(outcome: RunOutcome | undefined): void;
}

/** Where text goes. */
export interface TextTarget {
  write(text: string): void;
}

/** Several as one, told in the order given; of a user's own each hears what it listens to. Its functions need no `this`. */
export function allReporters(reporters: readonly Partial<Reporter>[]): Reporter {
  const each = (tell: (reporter: Partial<Reporter>) => void): void => {
    for (const reporter of reporters) tell(reporter);
  };
  return {
    onStarted: (start) => each((reporter) => reporter.onStarted?.(start)),
    onProgress: (progress) => each((reporter) => reporter.onProgress?.(progress)),
    onCaseFailed: (failed) => each((reporter) => reporter.onCaseFailed?.(failed)),
    onLevelStarted: (level) => each((reporter) => reporter.onLevelStarted?.(level)),
    onLevelCompleted: (level) => each((reporter) => reporter.onLevelCompleted?.(level)),
    onNotice: (message) => each((reporter) => reporter.onNotice?.(message)),
    onFinished: (outcome) => each((reporter) => reporter.onFinished?.(outcome)),
  };
}
