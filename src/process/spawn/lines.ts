/** Text that comes in pieces, given on by whole lines. */
import type { Readable } from 'node:stream';

/** A line longer than this is given on in parts, so that a child that never ends its line cannot fill our memory. */
const longestLine = 64 * 1024;

/** Calls `onLine` for each line without its end; the rest at the end of the stream counts as a line. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (piece: string) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    while (rest.length > longestLine) {
      onLine(rest.slice(0, longestLine));
      rest = rest.slice(longestLine);
    }
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
    rest = '';
  });
  stream.on('error', () => {});
}
