/** The section `derived`: formulas in an order in which each finds what it names. */
import type { ColumnSpec } from '../codec/columns.js';
import type { Derived } from './cases/plan.js';
import { slotTable } from './cases/scope.js';
import type { FieldPath } from './document/places.js';
import { placed, problem } from './document/problem.js';
import { checkName, type Draft, numbersSpec } from './draft.js';
import { namesIn, resolveExpression, type Scope } from './expression/resolve.js';
import { suggestion } from './nearest.js';
import type { StudyDocument } from './schema.js';

export interface DerivedColumn {
  readonly spec: ColumnSpec;
  readonly derived: Derived;
  readonly path: FieldPath;
}

type Section = StudyDocument['derived'];

/** The derived columns, each after those that it names. Throws InputError for unknown names, cycles and wrong shapes. */
export function resolveDerived(draft: Draft, section: Section): readonly DerivedColumn[] {
  const names = Object.keys(section);
  for (const name of names) checkName(draft, name, ['derived', name]);
  const uses = new Map(names.map((name) => [name, namesUsed(draft, section, name)]));
  const columns: DerivedColumn[] = [];
  for (const name of inOrder(draft, uses)) {
    const known = [...draft.columns.map(({ spec }) => spec), ...columns.map(({ spec }) => spec)];
    columns.push(resolveColumn(draft, name, section[name]!, known));
  }
  return columns;
}

function resolveColumn(
  draft: Draft,
  name: string,
  value: Section[string],
  known: readonly ColumnSpec[],
): DerivedColumn {
  const { scope } = slotTable(known);
  const path = ['derived', name];
  if (!Array.isArray(value)) {
    const text = textOf(value);
    const { formulas, isVector } = resolveFinite(draft, path, text, scope);
    return {
      spec: numbersSpec(name, isVector ? [formulas.length] : []),
      derived: { elements: formulas.map((_, element) => ({ text, element })) },
      path,
    };
  }
  if (value.length === 0)
    throw problem(draft.file, path, 'An empty vector', { expected: 'at least one expression' });
  const elements = value.map((entry, i) => {
    const text = textOf(entry);
    const { isVector } = resolveFinite(draft, [...path, i], text, scope);
    if (isVector) {
      throw problem(draft.file, [...path, i], 'A vector as one element of a vector', {
        given: `'${text}'`,
        hint: `Name one element, like ${namesIn(text)[0]}[0], or give the expression without the list around it`,
      });
    }
    return { text, element: 0 };
  });
  return { spec: numbersSpec(name, [elements.length]), derived: { elements }, path };
}

/** A formula without names is a literal, and no literal may be NaN or infinite. */
function resolveFinite(
  draft: Draft,
  path: FieldPath,
  text: string,
  scope: Scope,
): ReturnType<typeof resolveExpression> {
  const resolved = placed(draft.file, path, () => resolveExpression(text, scope));
  for (const formula of resolved.formulas) {
    if (formula.kind === 'number' && !Number.isFinite(formula.value)) {
      throw problem(draft.file, path, 'An expression that is no finite number in any case', {
        given: `${formula.value} from '${text}'`,
      });
    }
  }
  return resolved;
}

function textOf(value: string | number): string {
  return typeof value === 'string' ? value : String(value);
}

/** Names that an entry uses; every one is a parameter that is a number, or another derived value. */
function namesUsed(draft: Draft, section: Section, name: string): readonly string[] {
  const value = section[name]!;
  const used = new Set<string>();
  const entries = Array.isArray(value) ? value : [value];
  entries.forEach((entry, i) => {
    const path: FieldPath = Array.isArray(value) ? ['derived', name, i] : ['derived', name];
    const text = textOf(entry);
    for (const each of placed(draft.file, path, () => namesIn(text))) {
      used.add(each);
      const column = draft.columns.find(({ spec }) => spec.name === each);
      if (column?.spec.dtype === 'string') {
        throw problem(draft.file, path, `'${each}' is text and cannot be computed with`, {
          given: `'${text}'`,
        });
      }
      if (column || each in section) continue;
      const known = [...draft.columns.map(({ spec }) => spec.name), ...Object.keys(section)];
      const hint = suggestion(each, known);
      throw problem(draft.file, path, `Unknown name '${each}'`, {
        given: `'${text}'`,
        ...(hint && { hint }),
      });
    }
  });
  return [...used].filter((each) => each in section);
}

/** Depth first, in the order of the file; a name met again before it is done closes a cycle. */
function inOrder(draft: Draft, uses: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    if (done.has(name)) return;
    const start = trail.indexOf(name);
    if (start >= 0) {
      throw problem(draft.file, ['derived', name], 'Derived values that need each other', {
        given: [...trail.slice(start), name].join(' → '),
      });
    }
    for (const needed of uses.get(name)!) visit(needed, [...trail, name]);
    done.add(name);
  };
  for (const name of uses.keys()) visit(name, []);
  return [...done];
}
