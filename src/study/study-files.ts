/** The files that a study needs besides itself: what its texts name, as far as it lies beside the study. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { readYaml } from './document/yaml.js';

export interface StudyFiles {
  /** Absolute path of the folder that holds them all. */
  readonly root: string;
  /** The study file, relative to that. */
  readonly study: string;
  /** All of them, the study too, relative to that; sorted. */
  readonly files: readonly string[];
}

/**
 * Every relative name in the study that is a file or a folder counts: tables, modules, C sources, programs, scripts among
 * the words of commands. What modules import and C sources include comes with them. Absolute names are the host's.
 */
export function filesOfStudy(path: string): StudyFiles {
  const study = resolve(path);
  const folder = dirname(study);
  const found = new Set<string>([study]);
  const add = (name: string, from: string): void => {
    if (name === '' || isAbsolute(name) || name.length > 1000) return;
    const file = resolve(from, name);
    if (file === folder || folder.startsWith(`${file}/`)) return;
    const facts = statSync(file, { throwIfNoEntry: false });
    if (facts?.isDirectory()) for (const inner of filesUnder(file)) found.add(inner);
    if (!facts?.isFile() || found.has(file)) return;
    found.add(file);
    for (const further of namedBy(file)) add(further, dirname(file));
  };
  for (const name of namesIn(study)) add(name, folder);
  const root = [...found].map((file) => dirname(file)).reduce(commonFolder);
  const files = [...found].map((file) => relative(root, file)).sort();
  return { root, study: relative(root, study), files };
}

function namesIn(study: string): readonly string[] {
  const text = readFileSync(study, 'utf8');
  if (!/\.(?:ya?ml|json)$/.test(study)) return [...quoted(text), ...namedBy(study)];
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(readYaml(study, study, text).value);
  // A command is one text with several names.
  return texts.flatMap((whole) => [whole, ...whole.split(/[\s'"|;&<>()]+/)]);
}

function namedBy(file: string): readonly string[] {
  if (/\.[cm]?[jt]s$/.test(file)) {
    return quoted(readFileSync(file, 'utf8')).flatMap((name) =>
      name.startsWith('.') ? [name, name.replace(/\.js$/, '.ts'), name.replace(/\.mjs$/, '.mts')] : [],
    );
  }
  if (/\.[ch]$/.test(file)) {
    const includes = readFileSync(file, 'utf8').matchAll(/^\s*#\s*include\s+"([^"\n]+)"/gm);
    return [...includes].map(([, name]) => name as string);
  }
  return [];
}

function quoted(text: string): readonly string[] {
  return [...text.matchAll(/(['"`])([^'"`\n]+)\1/g)].map(([, , name]) => name as string);
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesUnder(path);
    return entry.isFile() && existsSync(path) ? [path] : [];
  });
}

function commonFolder(a: string, b: string): string {
  let common = a;
  while (b !== common && !b.startsWith(common === '/' ? '/' : `${common}/`)) common = dirname(common);
  return common;
}
