/** The files of this installation that another host needs: the package itself, and what it does not bundle. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { EnvironmentError } from '../../../errors/environment-error.js';
import { mainScript, packageRoot, version } from '../../../process/install.js';

export interface PackedFiles {
  /** Arguments of `tar` that name them all. */
  readonly tarArguments: readonly string[];
}

/** `VERSION-BUILD` of the program in dist/, as its own `info` gives it. */
export function installedBuild(): string {
  if (!existsSync(mainScript())) {
    throw new EnvironmentError('there is no dist/main.js', { hint: 'Build it: npm run build.' });
  }
  const hash = createHash('sha256').update(readFileSync(mainScript())).digest('hex');
  return `${version()}-${hash.slice(0, 16)}`;
}

/** `withNative`: the C kernels as they were built here come along. */
export function packedFiles(withNative: boolean): PackedFiles {
  const root = packageRoot();
  const own = ['package.json', ...packageOf(root).files.filter((name) => !name.startsWith('!'))];
  const present = own.filter((name) => existsSync(join(root, name)));
  const excluded = withNative ? [] : ['--exclude=dist/native'];
  const dependencies = [...dependenciesOf(root)].flatMap(({ folder, name }) => [
    '-C',
    folder.slice(0, -`/node_modules/${name}`.length),
    `node_modules/${name}`,
  ]);
  return { tarArguments: [...excluded, '-C', root, ...present, ...dependencies] };
}

interface Dependency {
  readonly name: string;
  readonly folder: string;
}

/** All packages that are needed when the program runs; optional ones where they are. */
function dependenciesOf(root: string): Dependency[] {
  const found = new Map<string, Dependency>();
  const visit = (folder: string) => {
    const { dependencies, optionalDependencies } = packageOf(folder);
    for (const name of [...Object.keys(dependencies), ...Object.keys(optionalDependencies)]) {
      const there = folderOf(name, folder);
      if (!there || found.has(name)) continue;
      found.set(name, { name, folder: there });
      visit(there);
    }
  };
  visit(root);
  return [...found.values()];
}

function folderOf(name: string, from: string): string | undefined {
  const paths = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  return paths.map((path) => join(path, name)).find((folder) => existsSync(join(folder, 'package.json')));
}

interface PackageJson {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

function packageOf(folder: string): PackageJson {
  const content = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Partial<PackageJson>;
  const { files = [], dependencies = {}, optionalDependencies = {} } = content;
  return { files, dependencies, optionalDependencies };
}
