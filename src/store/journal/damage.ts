import { EnvironmentError } from '../../errors/environment-error.js';

/** A stretch of a segment that cannot be read. */
export interface Stretch {
  readonly file: string;
  /** Byte in the file where it starts. */
  readonly offset: number;
  readonly bytes: number;
}

/** The middle of a journal is not what was written: data that was once durable is gone. */
export class JournalDamage extends EnvironmentError {
  readonly file: string;
  readonly offset: number;

  constructor(stretch: Stretch, what: string) {
    super(`the journal is damaged: ${stretch.file}, byte ${stretch.offset}: ${what}`, {
      hint: 'resume with --salvage goes on with what is whole',
    });
    this.name = 'JournalDamage';
    this.file = stretch.file;
    this.offset = stretch.offset;
  }
}
