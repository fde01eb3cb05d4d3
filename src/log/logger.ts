/** pino's one home: the run's log, one JSON object a line. */
import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/**
 * A logger that appends to `file`. Lines are written at once and by this thread, so that the last ones before a
 * crash are there; a log line is rare, and none is written for each case.
 * `bindings` stand in every line, such as rank and host. Throws when the file cannot be opened.
 */
export function createLogger(file: string, bindings: Readonly<Record<string, unknown>> = {}): Logger {
  const destination = pino.destination({ dest: file, sync: true, append: true, mkdir: true });
  return pino(
    {
      base: bindings,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
}
