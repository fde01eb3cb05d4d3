/** The files of this repository as the house rules read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { packageRoot } from '../../src/process/install.js';

/** Made by tools or by running: not ours to write, so not ours to keep in order. */
const generated = new Set(['node_modules', 'dist', 'build', 'runs', '.git', 'coverage', 'package-lock.json']);

/** Paths of all files under a folder of the repository (`.` for all), relative to its root, sorted. */
export function filesUnder(folder: string): string[] {
  const root = packageRoot();
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (generated.has(entry.name)) continue;
      const full = join(path, entry.name);
      if (entry.isDirectory()) visit(full);
      else if (entry.isFile()) found.push(relative(root, full));
    }
  };
  visit(join(root, folder));
  return found.sort();
}

export function textOf(path: string): string {
  return readFileSync(join(packageRoot(), path), 'utf8');
}

export interface ImportLine {
  readonly specifier: string;
  /** `import type` and `export type`: gone at run time. */
  readonly isTypeOnly: boolean;
}

const statement =
  /^(?:import|export)\s+(type\s)?[^;'"]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm;
const dynamic = /\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Every module that a TypeScript file names, static and dynamic. */
export function importsOf(text: string): ImportLine[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found: ImportLine[] = [];
  for (const [, type, from, bare] of code.matchAll(statement)) {
    found.push({ specifier: (from ?? bare) as string, isTypeOnly: type !== undefined });
  }
  for (const match of code.matchAll(dynamic)) {
    const before = code.slice(0, match.index);
    // `import('./x.js').Name` in a type position, and `typeof import('x')`, are erased like `import type`.
    const isTypeOnly = /(?:typeof|:|<|\|)\s*$/.test(before);
    found.push({ specifier: match[1] as string, isTypeOnly });
  }
  return found;
}
