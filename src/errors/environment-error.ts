/** Something around us that is missing or broken: no MPI library, a full disk, a lock held by another. Exit code 2. */
export class EnvironmentError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly hint?: string } = {}) {
    super(message, options);
    this.name = 'EnvironmentError';
    this.hint = options.hint;
  }

  /** With the hint, for a program that prints the error as it is. */
  override toString(): string {
    return this.hint === undefined ? super.toString() : `${super.toString()}. ${this.hint}`;
  }
}
