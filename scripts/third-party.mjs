/** The licences of what a bundle contains, one section a package, sorted by name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** `moduleIds` are the paths of the modules in the bundle; those outside node_modules are ours. */
export function thirdPartyText(moduleIds) {
  const packages = new Map();
  for (const id of moduleIds) {
    const path = id.replace(/^\0+/, '').replace(/[?#].*$/, '');
    if (!path.includes('/node_modules/')) continue;
    const folder = packageFolder(path);
    if (!folder) continue;
    // A package may lie in several folders in one version.
    const section = describe(folder);
    packages.set(section.title, section);
  }
  const sections = [...packages.values()].sort((a, b) => (a.title < b.title ? -1 : 1));
  const head = 'This program contains the following packages, each under its own licence.\n';
  return [head, ...sections.map(({ title, text }) => `${'='.repeat(78)}\n${title}\n\n${text.trim()}\n`)].join(
    '\n',
  );
}

function packageFolder(path) {
  for (let folder = dirname(path); folder.includes('/node_modules/'); folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    // Packages put further package.json files into their dist folders to name a module format: those have no version.
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version) return folder;
  }
  return undefined;
}

function describe(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const holder = typeof author === 'string' ? author : author?.name;
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort();
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  return {
    title: `${name} ${version} (${license ?? 'no licence named'})`,
    text:
      texts.length > 0 ? texts.join('\n') : `By ${holder ?? 'its authors'}, under the licence named above.`,
  };
}
