/** A calculation without a result, and why, if possible in the words of the program. */

export type ProgramFailureType =
  /** The program cannot do what the calculation needs. */
  | 'Unsupported'
  | 'NotConverged'
  | 'ProgramError'
  /** It ended as if all were well, but what it should have written is missing or cut. */
  | 'OutputIncomplete'
  | 'NotANumber'
  | 'ProgramMissing'
  | 'Signal'
  | 'Timeout';

export class ProgramFailure extends Error {
  readonly type: ProgramFailureType;

  constructor(type: ProgramFailureType, message: string) {
    super(message);
    this.name = type;
    this.type = type;
  }
}

export function unsupported(program: string, what: string, instead: string): ProgramFailure {
  return new ProgramFailure('Unsupported', `${program} cannot do ${what}: ${instead}`);
}

/** The program's own line that matches one of the patterns, tried in order of importance. */
export function ownWords(texts: readonly string[], patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    for (const text of texts) {
      const found = pattern.exec(text);
      if (found) return (found[1] ?? found[0]).replace(/\s+/g, ' ').trim().slice(0, 300);
    }
  }
  return undefined;
}

/** The last line that says anything, for programs that end without a word of explanation. */
export function lastWords(...texts: readonly string[]): string {
  for (const text of texts) {
    const line = text.trimEnd().split('\n').at(-1)?.trim();
    if (line) return line.slice(0, 300);
  }
  return 'it printed nothing';
}
