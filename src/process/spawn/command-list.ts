/** Lines for a shell that are lists of commands of plain words, with `&&`, `||` and `;` between. */
import { plainWords } from './shell-line.js';

/** A command of a list. */
export interface Step {
  /** Whether it runs, by how the last one that ran has ended. */
  readonly when: 'always' | 'success' | 'failure';
  readonly action: Action;
  /** What a shell would be given to go on from here. */
  readonly rest: string;
}

export type Action =
  | { readonly kind: 'program'; readonly words: readonly string[] }
  | { readonly kind: 'folder'; readonly folder: string }
  /** `:`, `true` and `false`, which do nothing. */
  | { readonly kind: 'status'; readonly code: 0 | 1 };

const separator = /&&|\|\||;/g;

/** The list; undefined where the line has anything that only a shell understands. */
export function commandList(line: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let when: Step['when'] = 'always';
  let from = 0;
  for (const match of line.matchAll(separator)) {
    const action = actionOf(line.slice(from, match.index));
    if (!action) return undefined;
    steps.push({ when, action, rest: line.slice(from) });
    from = match.index + match[0].length;
    when = whenBehind(match[0]);
  }
  const rest = line.slice(from);
  // `a;` is a list of one.
  if (steps.length > 0 && when === 'always' && rest.trim() === '') return steps;
  const action = actionOf(rest);
  if (!action) return undefined;
  steps.push({ when, action, rest });
  return steps;
}

function whenBehind(operator: string): Step['when'] {
  switch (operator) {
    case '&&':
      return 'success';
    case '||':
      return 'failure';
    default:
      return 'always';
  }
}

const changeFolder = /^[ \t]*cd[ \t]+([\w./:=@%+,][\w./:=@%+,-]*)[ \t]*$/;
const doNothing = /^[ \t]*(?::|true|false)[ \t]*$/;

function actionOf(text: string): Action | undefined {
  const folder = changeFolder.exec(text)?.[1];
  if (folder !== undefined) return { kind: 'folder', folder };
  if (doNothing.test(text)) return { kind: 'status', code: text.trim() === 'false' ? 1 : 0 };
  const words = plainWords(text);
  return words && { kind: 'program', words };
}
