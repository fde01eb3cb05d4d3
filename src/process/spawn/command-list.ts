/** Lines for a shell that are lists of simple commands, with `&&`, `||` and `;` between. */
import { type SimpleCommand, simpleCommand, type Token, tokensOf } from './simple-command.js';

/** A command of a list. */
export interface Step {
  /** Whether it runs, by how the last one that ran has ended. */
  readonly when: 'always' | 'success' | 'failure';
  readonly action: Action;
  /** What a shell would be given to go on from here. */
  readonly rest: string;
}

export type Action =
  | { readonly kind: 'program'; readonly command: SimpleCommand }
  | { readonly kind: 'folder'; readonly folder: string }
  /** `:`, `true` and `false`, which do nothing. */
  | { readonly kind: 'status'; readonly code: 0 | 1 };

/** The list; undefined where the line has anything that only a shell understands. */
export function commandList(line: string): readonly Step[] | undefined {
  const tokens = tokensOf(line);
  if (!tokens) return undefined;
  const steps: Step[] = [];
  let when: Step['when'] = 'always';
  let from = 0;
  let gathered: Token[] = [];
  for (const token of tokens) {
    if (token.kind !== 'separator') {
      gathered.push(token);
      continue;
    }
    const action = actionOf(gathered);
    if (!action) return undefined;
    steps.push({ when, action, rest: line.slice(from) });
    gathered = [];
    from = token.end;
    when = whenBehind[token.operator];
  }
  // `a;` is a list of one.
  if (gathered.length === 0 && steps.length > 0 && when === 'always') return steps;
  const action = actionOf(gathered);
  if (!action) return undefined;
  steps.push({ when, action, rest: line.slice(from) });
  return steps;
}

const whenBehind = { '&&': 'success', '||': 'failure', ';': 'always' } as const;

const nothingToDo: Readonly<Record<string, 0 | 1>> = { ':': 0, true: 0, false: 1 };

function actionOf(tokens: readonly Token[]): Action | undefined {
  const sources = tokens.map((token) => (token.kind === 'word' ? token.source : undefined));
  const [first, second] = sources;
  if (tokens.length === 1 && first !== undefined && Object.hasOwn(nothingToDo, first)) {
    return { kind: 'status', code: nothingToDo[first] as 0 | 1 };
  }
  if (first === 'cd') {
    const isPlain = tokens.length === 2 && /^[\w./:=@%+,][\w./:=@%+,-]*$/.test(second ?? '');
    return isPlain ? { kind: 'folder', folder: second as string } : undefined;
  }
  const command = simpleCommand(tokens);
  return command && { kind: 'program', command };
}
