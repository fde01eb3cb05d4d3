/** Where numbers stand in what a program wrote. */
import { z } from 'zod';

export const outputRuleSchema = z.strictObject({
  file: z.string().min(1).optional().describe('File in the folder of the task; standard output when absent.'),
  after: z.string().min(1).optional().describe('Text behind whose last occurrence the numbers begin.'),
  regex: z
    .string()
    .min(1)
    .optional()
    .describe('Pattern whose last match is taken, its first group if it has one.'),
  skip_columns: z.int().min(0).default(0).describe('Words to pass over at the beginning of each line.'),
  factor: z.number().default(1).describe('What each number is multiplied with.'),
});
export type OutputRule = z.output<typeof outputRuleSchema>;

/**
 * The words that the rule finds in a text: those of the last match, or the lines behind the last `after` up to the first
 * line without a word after one with words. Undefined where nothing is found.
 */
export function findWords(text: string, rule: OutputRule): string[] | undefined {
  let found: string | undefined = text;
  if (rule.after !== undefined) {
    const at = text.lastIndexOf(rule.after);
    found = at < 0 ? undefined : paragraph(text.slice(at + rule.after.length));
  }
  if (found !== undefined && rule.regex !== undefined) {
    const match: RegExpExecArray | undefined = [...found.matchAll(new RegExp(rule.regex, 'gm'))].at(-1);
    found = match && (match[1] ?? match[0]);
  }
  return found?.split('\n').flatMap((line) =>
    line
      .split(/\s+/)
      .filter((word) => word !== '')
      .slice(rule.skip_columns),
  );
}

function paragraph(text: string): string {
  return text.replace(/^\s*\n/, '').split(/\n\s*\n/)[0] ?? '';
}
