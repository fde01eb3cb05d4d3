/** Templates of scripts: text with `{{name}}` in it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import { InputError } from '../../errors/input-error.js';
import { slurmFiles } from '../../process/install.js';
import { suggestion } from '../../study/nearest.js';

/** A template that comes with shoal. */
export function ownTemplate(name: string): string {
  return readTemplate(join(slurmFiles(), name));
}

export function readTemplate(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new EnvironmentError(`cannot read the template ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * The text with its values. A paragraph with a value that is empty is left out, and its comment with it; `{{name?}}`
 * may be empty where it stands. Throws InputError for a name that is no value.
 */
export function fillTemplate(
  template: string,
  values: Readonly<Record<string, string>>,
  path: string,
): string {
  const paragraphs = template.trimEnd().split(/\n{2,}/);
  const filled = paragraphs.flatMap((paragraph) => {
    let isLeftOut = false;
    const text = paragraph.replaceAll(/\{\{(\w+)(\??)\}\}/g, (_, name: string, mayBeEmpty: string) => {
      const value = values[name];
      if (value === undefined) throw unknownName(name, values, path);
      if (value === '' && mayBeEmpty === '') isLeftOut = true;
      return value;
    });
    return isLeftOut ? [] : [text];
  });
  return `${filled.join('\n\n')}\n`;
}

function unknownName(name: string, values: Readonly<Record<string, string>>, file: string): InputError {
  const hint = suggestion(name, Object.keys(values));
  return new InputError(`the template has no value {{${name}}}`, {
    file,
    ...(hint !== undefined && { hint }),
  });
}
