/** What `resume --retry` is given for failures of a kind. */
import { failureTypes } from '../messages/failure-class.js';
import type { FailureKind } from '../runtime/api.js';

/** Whether `--retry` takes a word for a type of failure. Types come from users' code and may be anything. */
export function isFailureType(word: string): boolean {
  return /^[A-Za-z_$][^,\s]*$/.test(word) && word !== 'failed';
}

/** Options behind these words: cases that ran out of their memory may have more. */
export function retryOptions({ type, message }: Pick<FailureKind, 'type' | 'message'>): string {
  const hasLimit = type === failureTypes.outOfMemory && /^needed more memory than \d/.test(message);
  return hasLimit ? ' --retry-memory-factor 2' : '';
}

/** For all cases of a kind; undefined where its first case says as much, or no word says it. */
export function retryAllWord({ type, count }: FailureKind): string | undefined {
  return count > 1 && isFailureType(type) ? type : undefined;
}
