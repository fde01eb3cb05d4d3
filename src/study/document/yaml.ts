/** YAML 1.2, and JSON as a part of it, with positions. */
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
} from 'yaml';
import { InputError, type InputPlace } from '../../errors/input-error.js';
import { type FieldPath, fieldName, type StudyFile } from './places.js';

/** `shown` is the path as the user wrote it, for messages. Throws InputError for what is no YAML. */
export function readYaml(absolute: string, shown: string, text: string): StudyFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const place = (offset: number): InputPlace => {
    const { line, col } = lines.linePos(offset);
    return { file: shown, line, column: col };
  };
  const [problem] = document.errors;
  if (problem) {
    if (problem.code === 'DUPLICATE_KEY') {
      throw new InputError('Key given twice', { ...place(problem.pos[0]), given: keyAt(text, problem.pos) });
    }
    throw new InputError(`Not valid YAML: ${problem.message}`, {
      ...place(problem.pos[0]),
      ...(holdsExpression(text, problem.pos[0]) && { hint: quoteHint }),
    });
  }
  return {
    path: absolute,
    text,
    value: toPlain(document, shown),
    locate(path, part = 'value') {
      return { ...place(offsetOf(document, path, part)), field: fieldName(path) };
    },
  };
}

const quoteHint = 'Put expressions with brackets or colons in quotes: "h[0] + h[1]"';

/** Whether the line looks as if an expression's brackets or colon were taken for YAML's. */
function holdsExpression(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1).split('\n', 1)[0]!;
  return /[\w)]\[\w+\]|\?.* : /.test(line);
}

function keyAt(text: string, [start, end]: readonly [number, number]): string {
  return `'${text.slice(start, Math.max(end, start + 1)).split(/[\s:]/)[0]}'`;
}

function toPlain(document: Document, shown: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new InputError(`Not valid YAML: ${(error as Error).message}`, { file: shown }, { cause: error });
  }
}

/** Offset of the field, or of the innermost field around it that exists. */
function offsetOf(document: Document, path: FieldPath, part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, step] of path.entries()) {
    const found: unknown = childOf(node, step);
    if (found === undefined) break;
    const isLast = depth === path.length - 1;
    node = isPair(found) ? found.value : found;
    offset =
      (isPair(found) && isLast && part === 'key' ? startOf(found.key) : startOf(node)) ??
      startOf((found as Pair).key) ??
      offset;
  }
  return offset;
}

function childOf(node: unknown, step: string | number): unknown {
  if (isSeq(node)) return node.items[Number(step)];
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(step));
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
