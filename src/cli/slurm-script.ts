/** A script for Slurm from a command line, for the commands that print it and that submit it. */
import { join, resolve } from 'node:path';
import { bundleModule } from '../kernels/bundle.js';
import { findLaunchers } from '../launch/mpirun/launcher.js';
import type { Host } from '../launch/remote/host.js';
import { localHost } from '../launch/remote/local-host.js';
import { askMaxArraySize, askPartitions } from '../launch/slurm/cluster-limits.js';
import { type PreparedScript, prepareScript } from '../launch/slurm/script.js';
import { loadSite } from '../launch/slurm/site-files.js';
import { version } from '../process/install.js';
import { shellWord } from '../process/spawn/shell-word.js';
import { planStudy } from '../runtime/plan-study.js';
import { loadStudy } from '../study/load.js';
import type { Study } from '../study/study.js';
import { strategies } from '../study/study.js';
import { type Arguments, choiceOption, positional, textOption } from './command.js';
import type { CommandContext } from './context.js';
import { chunkOption, readRunOptions } from './options/run-options.js';
import { passedOnWords, readSlurmSettings } from './options/slurm-options.js';

/** What is otherwise where the job runs than here. */
export interface Elsewhere {
  readonly studyPath?: string;
  readonly runDir?: string;
  /** Program and arguments that start shoal there. */
  readonly program?: readonly string[];
  readonly host?: Host;
}

/** The study that STUDY names. Throws InputError for what cannot be used. */
export function studyOf(args: Arguments, { cwd, solvers }: CommandContext): Promise<Study> {
  return loadStudy(resolve(cwd, positional(args, 'STUDY')), { solvers, bundle: bundleModule });
}

/** `args` are those of `slurmOptions`, and STUDY, which `study` is. Throws InputError for what cannot be used. */
export async function scriptFor(
  study: Study,
  args: Arguments,
  context: CommandContext,
  elsewhere: Elsewhere = {},
): Promise<PreparedScript> {
  const { environment, cwd, solvers, stderr } = context;
  const settings = readSlurmSettings(args);
  checkRunOptions(args);
  const path = resolve(cwd, positional(args, 'STUDY'));
  const here = resolve(cwd, textOption(args, 'run-dir') ?? join('runs', study.name));
  const host = elsewhere.host ?? localHost;
  const isArray = (settings.script.shards ?? study.slurm?.script.shards) !== undefined;
  const notices = new Set<string>();
  const prepared = await prepareScript({
    study,
    studyPath: elsewhere.studyPath ?? path,
    runDir: elsewhere.runDir ?? here,
    program: elsewhere.program ?? context.self,
    site: loadSite(settings.site ?? study.slurm?.site, environment, cwd),
    settings,
    runOptions: passedOnWords(args),
    made: madeBy(context),
    mpiHere: findLaunchers(environment)[0]?.family,
    maxArraySize: isArray ? await askMaxArraySize(host) : undefined,
    partitions: () => askPartitions(host),
    plan: (ranks) =>
      planStudy({
        ...{ study, solvers, runDir: here, ranks },
        strategy: choiceOption(args, 'strategy', strategies),
        chunk: chunkOption(args),
        onNotice: (message) => notices.add(message),
      }),
  });
  if (prepared.why !== undefined) {
    for (const notice of notices) stderr.write(`note: ${notice}\n`);
    stderr.write(`note: ${prepared.why}\n`);
  }
  return prepared;
}

/** For the head of a script: how it was made, in one line. */
export function madeBy({ argv }: CommandContext): string {
  const command = ['shoal', ...argv].map(shellWord).join(' ');
  return `Made by shoal ${version()}: ${command.replaceAll(/\s*\n\s*/g, ' ')}`;
}

/** Refused here, not by every rank of a job that has waited for a day. */
export function checkRunOptions({ ranks: _ranks, launcher: _launcher, ...args }: Arguments): void {
  const place = { kind: 'rank', rank: 0, size: Number.MAX_SAFE_INTEGER, launcher: 'Slurm' } as const;
  readRunOptions(args, place);
}
