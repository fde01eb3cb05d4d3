/** Where this program lies and what it is: its package folder, version, build, and the user's cache folder. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EnvironmentError } from '../errors/environment-error.js';

interface PackageFacts {
  readonly root: string;
  readonly version: string;
}

let known: PackageFacts | undefined;

/** Folder of this package's package.json: the same whether this code runs from src/, dist/ or a test's bundle. */
export function packageRoot(): string {
  return facts().root;
}

/** Version in package.json. */
export function version(): string {
  return facts().version;
}

/** Folder of the C sources that come with the package. */
export function nativeSources(): string {
  return join(packageRoot(), 'native');
}

/** Folder of the text that a site reads and edits: templates of scripts, and sites. */
export function slurmFiles(): string {
  return join(packageRoot(), 'slurm');
}

/** The bundled program, which launchers start as `node PATH`. */
export function mainScript(): string {
  return join(packageRoot(), 'dist', 'main.js');
}

/** True when this code runs out of dist/, false when tests run it from its sources. */
export function isBundled(): boolean {
  return dirname(fileURLToPath(import.meta.url)).startsWith(join(packageRoot(), 'dist'));
}

/**
 * What ranks compare when they shake hands. Two ranks with one build id run the same code: the hash of the bundled
 * program, which is one file. From sources there is the version only.
 */
export function buildId(): string {
  if (!isBundled()) return `${version()}-source`;
  const hash = createHash('sha256').update(readFileSync(mainScript())).digest('hex');
  return `${version()}-${hash.slice(0, 16)}`;
}

/** `$XDG_CACHE_HOME/shoal`, or `~/.cache/shoal`. It need not exist yet. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME;
  // The XDG specification has relative paths ignored.
  return base && isAbsolute(base) ? join(base, 'shoal') : join(homedir(), '.cache', 'shoal');
}

/** `$XDG_CONFIG_HOME/shoal`, or `~/.config/shoal`. It need not exist. */
export function configFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CONFIG_HOME;
  return base && isAbsolute(base) ? join(base, 'shoal') : join(homedir(), '.config', 'shoal');
}

function facts(): PackageFacts {
  if (known) return known;
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    const found = readPackage(join(folder, 'package.json'));
    if (found) {
      known = { root: folder, version: found };
      return known;
    }
    if (dirname(folder) === folder) break;
  }
  throw new EnvironmentError(`no package.json of shoal above ${start}`, {
    hint: 'The installation is damaged: install shoal again.',
  });
}

/** Version of shoal when this is its package.json, else undefined. */
function readPackage(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  const content = JSON.parse(readFileSync(path, 'utf8')) as { name?: unknown; version?: unknown };
  return content.name === 'shoal' && typeof content.version === 'string' ? content.version : undefined;
}
