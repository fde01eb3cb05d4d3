/** The site file of a host that was set up: what its jobs need, in the folder where `--site` looks. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { InputError } from '../../../errors/input-error.js';
import type { TransportKind } from '../../../ssh/pool.js';
import { siteSchema } from '../../slurm/site.js';
import { sitesFolder } from '../../slurm/site-files.js';

export interface SiteFacts {
  readonly name: string;
  readonly host: string;
  readonly node: string;
  readonly program: string;
  /** Family of the MPI library that was found there. */
  readonly mpi: 'openmpi' | 'mpich' | 'mpi5' | undefined;
  /** What connected to it, where the user chose. */
  readonly ssh: TransportKind | undefined;
}

/** What was done to it. */
export type SiteChange = 'written' | 'updated' | 'kept';

/** In a file that is there, only the version that it names changes: the rest is the user's. */
export function writeSiteFile(
  facts: SiteFacts,
  environment: NodeJS.ProcessEnv,
): { readonly path: string; readonly change: SiteChange } {
  const { name } = facts;
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    throw new InputError('Not the name of a site', {
      expected: 'letters, digits, dots and dashes',
      given: JSON.stringify(name),
    });
  }
  const path = join(sitesFolder(environment), `${name}.yaml`);
  if (existsSync(path)) {
    const before = readFileSync(path, 'utf8');
    const after = before.replaceAll(
      versionPath,
      () => `${facts.program.slice(0, facts.program.lastIndexOf('/'))}/dist/main.js`,
    );
    if (after === before) return { path, change: 'kept' };
    writeFileSync(path, after);
    return { path, change: 'updated' };
  }
  mkdirSync(sitesFolder(environment), { recursive: true });
  writeFileSync(path, siteText(facts));
  return { path, change: 'written' };
}

/** A program that an earlier set-up put on a host. */
const versionPath = /\/\S*\/\.local\/share\/shoal\/[\w.-]+\/dist\/main\.js/g;

/** Every key of it is one that sites have. */
export function siteText({ host, node, program, mpi, ssh }: SiteFacts): string {
  const family = mpi === 'openmpi' || mpi === 'mpich' ? mpi : undefined;
  const site = siteSchema.parse({
    description: `reached as ${host}`,
    ...(family && { mpi: family }),
    ...(ssh && { ssh }),
    program: [node, `${program.slice(0, program.lastIndexOf('/'))}/dist/main.js`],
  });
  return `# Written by \`shoal remote setup ${host}\`; yours to edit. What else jobs need goes here: modules, environment,
# and under \`job:\` the account, partition and time (docs/slurm.md).
${stringify(site)}`;
}
