/** Where an input went wrong: a file, a place in it, and the field by its path in the file. */
export interface InputPlace {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly field?: string;
}

export interface InputFacts extends InputPlace {
  /** What was expected, as a noun phrase: `a positive number`. */
  readonly expected?: string;
  /** What was given, as text short enough for one line. */
  readonly given?: string;
  /** What to do about it, as a sentence. */
  readonly hint?: string;
}

/** Input of the user's that cannot be used. The command line prints it as one line and exits with 2. */
export class InputError extends Error {
  readonly facts: InputFacts;

  constructor(message: string, facts: InputFacts = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InputError';
    this.facts = facts;
  }

  /** All that is known, for a program that prints the error as it is. */
  override toString(): string {
    return `${this.name}: ${this.describe()}`;
  }

  /** `study.yaml:12:3: parameters.rho1: expected a positive number, got -5`, with the hint behind it. */
  describe(): string {
    const { file, line, column, field, expected, given, hint } = this.facts;
    const place = [file, line, column].filter((part) => part !== undefined).join(':');
    const head = [place, field].filter((part) => part !== undefined && part !== '').join(': ');
    const detail = [expected && `expected ${expected}`, given !== undefined && `got ${given}`]
      .filter(Boolean)
      .join(', ');
    const body = detail ? `${this.message} (${detail})` : this.message;
    return `${head ? `${head}: ` : ''}${body}${hint ? `. ${hint}` : ''}`;
  }
}
