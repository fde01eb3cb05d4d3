/** Something around us that is missing or broken: no MPI library, a full disk, a lock held by another. Exit code 2. */
export class EnvironmentError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, options: ErrorOptions & { readonly hint?: string } = {}) {
    super(message, options);
    this.name = 'EnvironmentError';
    this.hint = options.hint;
  }
}
