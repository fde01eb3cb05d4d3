/** Which lines of a process's standard error are news to who watches the run; the others are for its log. */

/** What the engine writes when it gives up. All behind it is addresses and frames, until the process has ended. */
const traceBegin =
  /^(?:----- (?:Native|JavaScript) stack trace -----|<--- (?:Last few GCs|JS stacktrace) --->)/;

/** The one line of a trace that says why. */
const fatalLine = /^FATAL ERROR: /;

/** For the lines of one process, in their order: true where the line is to be shown. */
export function newsFilter(): (line: string) => boolean {
  let isInTrace = false;
  return (line) => {
    isInTrace ||= traceBegin.test(line);
    return isInTrace ? fatalLine.test(line) : line.trim() !== '';
  };
}
