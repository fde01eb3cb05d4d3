/** Site files: those that come with shoal, and those in the user's configuration folder, which win. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { InputError } from '../../errors/input-error.js';
import { configFolder, slurmFiles } from '../../process/install.js';
import { validate } from '../../study/document/validate.js';
import { readYaml } from '../../study/document/yaml.js';
import { suggestion } from '../../study/nearest.js';
import { over, type Site, siteOf, siteSchema } from './site.js';

const genericName = 'generic';

/** The site of this name, or in this file; laid over the generic one. Throws InputError where there is none such. */
export function loadSite(asked: string | undefined, environment: NodeJS.ProcessEnv, cwd: string): Site {
  const generic = readSite(join(slurmFiles(), 'sites', `${genericName}.yaml`), genericName);
  if (asked === undefined) {
    const own = siteFiles(environment).get(genericName);
    return own ? over(readSite(own, genericName), generic) : generic;
  }
  const isFile = asked.includes('/') || /\.ya?ml$/.test(asked);
  const path = isFile ? resolve(cwd, asked) : siteFiles(environment).get(asked);
  if (path === undefined || !existsSync(path)) throw noSuchSite(asked, environment, isFile);
  const name = isFile ? basename(asked, extname(asked)) : asked;
  return over(readSite(path, name), isFile ? generic : base(name, path, generic));
}

/** What lies under a site: generic, and between them the one of its name that comes with shoal. */
function base(name: string, path: string, generic: Site): Site {
  const shipped = join(slurmFiles(), 'sites', `${name}.yaml`);
  return name === genericName || path === shipped || !existsSync(shipped)
    ? generic
    : over(readSite(shipped, name), generic);
}

/** Names of sites and their files, those of the user over ours. */
export function siteFiles(environment: NodeJS.ProcessEnv): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const folder of [join(slurmFiles(), 'sites'), sitesFolder(environment)]) {
    for (const name of listed(folder)) files.set(basename(name, extname(name)), join(folder, name));
  }
  return files;
}

/** Where a user's own site files lie. */
export function sitesFolder(environment: NodeJS.ProcessEnv): string {
  return join(configFolder(environment), 'sites');
}

function readSite(path: string, name: string): Site {
  const file = readYaml(path, path, readFileSync(path, 'utf8'));
  const site = siteOf(name, validate(siteSchema, file.value ?? {}, file));
  return site.template === undefined ? site : { ...site, template: resolve(dirname(path), site.template) };
}

function listed(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
}

function noSuchSite(asked: string, environment: NodeJS.ProcessEnv, isFile: boolean): InputError {
  if (isFile) return new InputError('no such site file', { file: asked });
  const folder = sitesFolder(environment);
  const near = suggestion(asked, siteFiles(environment).keys());
  return new InputError(`no site is called ${asked}`, {
    expected: `a file ${asked}.yaml in ${folder}, or a site that comes with shoal`,
    ...(near !== undefined && { hint: near }),
  });
}
