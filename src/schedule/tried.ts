/** Attempts at a case that has no result. */
export interface Tried {
  /** Number of the last attempt that ended. */
  readonly attempts: number;
  /** As many of these were made before the case was last asked for; they use up no retry. */
  readonly forgiven: number;
}
