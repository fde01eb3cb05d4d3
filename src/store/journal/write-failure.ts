import { EnvironmentError } from '../../errors/environment-error.js';

const explanations: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on its disk',
  EDQUOT: 'the disk quota is used up',
  EIO: 'the disk reports an input/output error',
  EROFS: 'its file system is read-only',
  EACCES: 'permission is denied',
  EFBIG: 'the file size limit is reached',
};

/** What a user needs to know when the journal cannot be written. */
export function writeFailure(dir: string, cause: Error): EnvironmentError {
  if (cause instanceof EnvironmentError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const why = (code && explanations[code]) ?? cause.message;
  return new EnvironmentError(`cannot write the journal in ${dir}: ${why}`, {
    cause,
    hint: 'Everything committed before is kept: make room or repair, then resume',
  });
}
