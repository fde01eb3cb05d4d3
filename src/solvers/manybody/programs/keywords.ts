/** Keywords of a specification, for programs whose keywords we know one by one. */
import type { CalculationSpec } from '../task.js';
import { ProgramFailure } from './failure.js';

export type KeywordRule =
  | { readonly kind: 'number'; readonly write: (value: number) => readonly string[] }
  | { readonly kind: 'text'; readonly write: (value: string) => readonly string[] }
  /** Written where it is true. */
  | { readonly kind: 'flag'; readonly write: () => readonly string[] };

/** The words that the keywords stand for. Throws ProgramFailure for unknown ones and for values of another kind. */
export function keywordWords(
  { program, keywords }: CalculationSpec,
  rules: Readonly<Record<string, KeywordRule>>,
): string[] {
  return Object.entries(keywords).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (!rule) {
      const known = Object.keys(rules).join(', ');
      throw new ProgramFailure('Unsupported', `${program} has no keyword ${name} here; known are ${known}`);
    }
    switch (rule.kind) {
      case 'number':
        if (typeof value === 'number' && Number.isFinite(value)) return rule.write(value);
        break;
      case 'text':
        if (typeof value === 'string' && /^[\w.+-]+$/.test(value)) return rule.write(value);
        break;
      case 'flag':
        if (typeof value === 'boolean') return value ? rule.write() : [];
        break;
      default:
        return rule satisfies never;
    }
    const expected = { number: 'a number', text: 'a word', flag: 'true or false' }[rule.kind];
    throw new ProgramFailure(
      'Unsupported',
      `the keyword ${name} of ${program} takes ${expected}, not ${JSON.stringify(value)}`,
    );
  });
}
