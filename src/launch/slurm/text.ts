/** Pieces of bash. */
import { InputError } from '../../errors/input-error.js';
import { shellWord } from '../../process/spawn/shell-word.js';
import { parseDurationMs } from '../../study/quantities.js';

const widestComment = 116;

export function words(list: readonly string[]): string {
  return list.map(shellWord).join(' ');
}

/** A text as lines of a comment. */
export function comment(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= widestComment)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines.join('\n');
}

/** `export NAME=VALUE`; a value with `$` is for bash to fill in. */
export function exports(environment: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(environment).map(([name, value]) => {
    const text = String(value);
    return `export ${name}=${text.includes('$') ? expanding(text) : shellWord(text)}`;
  });
}

/**
 * The folder of a job's own in `scratch`, as a word of bash; empty without one. What ends it removes it, and so it is never
 * a folder that others use too: one that does not bear the job's number gets a folder that does.
 */
export function scratchWord(scratch: string | undefined, own: string): string {
  if (scratch === undefined) return '';
  const isOwn = /\$\{?SLURM_(ARRAY_)?JOB_?ID\b/.test(scratch);
  return expanding(isOwn ? scratch : `${scratch.replace(/\/+$/, '')}/shoal-${own}`);
}

/** Text in which bash fills in variables. */
export function expanding(text: string): string {
  return `"${text.replaceAll(/["`\\]/g, '\\$&')}"`;
}

/** Whole seconds, empty for none. Throws InputError for what is no time. */
export function staggerSeconds(value: string | number | undefined): string {
  if (value === undefined || value === 0 || value === '0') return '';
  const ms = parseDurationMs(value);
  if (ms === undefined) {
    throw new InputError('stagger cannot be used', {
      expected: 'a time like 20 s, or 0 for none',
      given: JSON.stringify(value),
    });
  }
  return String(Math.ceil(ms / 1000));
}
