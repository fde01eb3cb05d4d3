/** Values in what a program printed. */
import { type ColumnSpec, type Columns, elements, type NumericData } from '../../codec/columns.js';
import { atJsonPath } from '../../study/command/json-path.js';
import type { CommandOutput } from '../../study/command/source.js';

/** The texts that outputs are looked for in. */
export interface PrintedText {
  readonly stdout: string;
  readonly stderr: string;
}

/** Writes the outputs of case `i`; in words what is missing, or undefined when all were found. */
export type FindOutputs = (printed: PrintedText, out: Columns, i: number) => string | undefined;

export function outputFinder(outputs: readonly CommandOutput[]): FindOutputs {
  const finders = outputs.map(finderOf);
  const lines = lastLineFinder(outputs.filter(({ find }) => find.kind === 'last-line'));
  return (printed, out, i) => {
    for (const find of finders) {
      const problem = find?.(printed, out, i);
      if (problem !== undefined) return problem;
    }
    return lines?.(printed, out, i);
  };
}

function finderOf({ spec, from, find }: CommandOutput): FindOutputs | undefined {
  switch (find.kind) {
    case 'regex': {
      const pattern = new RegExp(find.pattern, 'gm');
      return (printed, out, i) => {
        const match = [...printed[from].matchAll(pattern)].at(-1);
        if (!match) return `${spec.name}: nothing in its ${from} matches ${pattern.source}`;
        const found = match.length > 1 ? match.slice(1).map((group) => group ?? '') : [match[0]];
        return write(spec, spec.dtype === 'string' ? found[0] : numbersIn(found.join(' ')), out, i);
      };
    }
    case 'json':
      return (printed, out, i) => {
        const value = atJsonPath(parseJson(printed[from]), find.path);
        if (value === undefined) return `${spec.name}: nothing at that path in the JSON of its ${from}`;
        if (spec.dtype === 'string')
          return write(spec, typeof value === 'string' ? value : JSON.stringify(value), out, i);
        return write(spec, Array.isArray(value) ? value.flat(Number.POSITIVE_INFINITY) : [value], out, i);
      };
    case 'last-line':
      return undefined;
    default:
      return find satisfies never;
  }
}

/** Outputs without a rule share the numbers of the last line in their order; each stream has its own. */
function lastLineFinder(outputs: readonly CommandOutput[]): FindOutputs | undefined {
  if (outputs.length === 0) return undefined;
  const streams = (['stdout', 'stderr'] as const).map((from) => {
    const specs = outputs.filter((output) => output.from === from).map(({ spec }) => spec);
    return { from, specs, count: specs.reduce((sum, spec) => sum + elements(spec), 0) };
  });
  return (printed, out, i) => {
    for (const { from, specs, count } of streams) {
      if (count === 0) continue;
      const line = lastLine(printed[from]);
      const numbers = numbersIn(line);
      if (numbers.length !== count || numbers.includes(undefined)) {
        const shown = line === '' ? 'it printed nothing' : `it was ${JSON.stringify(line.slice(0, 80))}`;
        return `expected ${count === 1 ? 'a number' : `${count} numbers`} on the last line of its ${from}, ${shown}`;
      }
      let at = 0;
      for (const spec of specs) {
        const problem = write(spec, numbers.slice(at, at + elements(spec)), out, i);
        if (problem !== undefined) return problem;
        at += elements(spec);
      }
    }
    return undefined;
  };
}

/** The last line with anything on it. */
export function lastLine(text: string): string {
  const end = text.trimEnd();
  return end.slice(end.lastIndexOf('\n') + 1).trim();
}

/** What stands between blanks, commas or semicolons. */
function numbersIn(text: string): (number | undefined)[] {
  return text
    .split(/[\s,;]+/)
    .filter((word) => word !== '')
    .map(numberOf);
}

/** As programs print numbers, `nan`, `-Infinity` and Fortran's `1.5D-3` included; undefined for anything else. */
function numberOf(word: string): number | undefined {
  if (/^[+-]?nan$/i.test(word)) return Number.NaN;
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(word);
  if (infinity) return infinity[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const number = Number(word.replace(/^([+-]?[\d.]+)[dD]([+-]?\d+)$/, '$1e$2'));
  return Number.isNaN(number) ? undefined : number;
}

function parseJson(text: string): unknown {
  for (const candidate of [text, lastLine(text)]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // A program that also talks prints its result on a line of its own.
    }
  }
  return undefined;
}

function write(spec: ColumnSpec, value: unknown, out: Columns, i: number): string | undefined {
  if (spec.dtype === 'string') {
    (out[spec.name] as string[])[i] = String(value);
    return undefined;
  }
  const values = value as unknown[];
  const size = elements(spec);
  if (values.length !== size) return `${spec.name}: expected ${size} numbers, got ${values.length}`;
  const data = out[spec.name] as NumericData;
  for (let k = 0; k < size; k++) {
    const number = values[k];
    if (!fits(spec, number)) {
      return `${spec.name}: expected ${spec.dtype}, got ${number === undefined ? 'other text' : JSON.stringify(number)}`;
    }
    if (data instanceof BigInt64Array) data[i * size + k] = BigInt(number as number);
    else data[i * size + k] = number === null ? Number.NaN : Number(number);
  }
  return undefined;
}

function fits(spec: ColumnSpec, value: unknown): boolean {
  switch (spec.dtype) {
    case 'int32':
      return Number.isInteger(value) && Math.abs(value as number) <= 0x7fffffff;
    case 'int64':
      return Number.isSafeInteger(value);
    case 'bool':
      return value === true || value === false || value === 0 || value === 1;
    default:
      // JSON has no NaN, so that null stands for it.
      return typeof value === 'number' || value === null;
  }
}
