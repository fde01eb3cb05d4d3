/** Requests for scripts, as a command line would make them. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleModule } from '../../../src/kernels/bundle.js';
import type { ScriptRequest } from '../../../src/launch/slurm/script.js';
import { loadSite } from '../../../src/launch/slurm/site-files.js';
import type { Plan } from '../../../src/runtime/plan.js';
import { loadStudyValue } from '../../../src/study/load.js';
import { jobSchema, jobSettingsOf } from '../../../src/study/slurm/job-settings.js';
import type { ScriptSettings } from '../../../src/study/slurm/settings.js';

export interface Asked {
  /** Text of a site file. */
  readonly site?: string;
  /** Name of a site that comes with shoal. */
  readonly siteName?: string;
  /** The section of the study. */
  readonly study?: Readonly<Record<string, unknown>>;
  readonly execution?: Readonly<Record<string, unknown>>;
  readonly job?: Readonly<Record<string, unknown>>;
  readonly script?: ScriptSettings;
  readonly runOptions?: readonly string[];
  readonly maxArraySize?: number;
  readonly plan?: (ranks: readonly number[]) => Promise<Plan>;
}

const folder = mkdtempSync(join(tmpdir(), 'shoal-slurm-'));
let siteCount = 0;

export async function scriptRequest(asked: Asked = {}): Promise<ScriptRequest> {
  writeFileSync(join(folder, 'kernel.mjs'), kernelText);
  const value = {
    name: 'wells',
    kernel: './kernel.mjs',
    parameters: { x: { values: Array.from({ length: 100 }, (_, i) => i) } },
    ...(asked.study && { slurm: asked.study }),
    ...(asked.execution && { execution: asked.execution }),
  };
  return {
    study: await loadStudyValue(value, folder, { solvers: [], bundle: bundleModule }),
    studyPath: '/home/ada/wells/study.yaml',
    runDir: '/scratch/ada/runs/wells',
    program: ['/opt/node/bin/node', '/home/ada/shoal/dist/main.js'],
    site: siteFrom(asked),
    settings: { job: jobSettingsOf(jobSchema.parse(asked.job ?? {})), script: asked.script ?? {} },
    runOptions: asked.runOptions ?? [],
    made: 'Made by shoal: shoal slurm study.yaml',
    maxArraySize: asked.maxArraySize,
    plan: asked.plan ?? (() => Promise.reject(new Error('no plan'))),
  };
}

const kernelText = `export const kernel = { name: 'twice', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
  run: ({ x }) => ({ y: 2 * x }) };`;

function siteFrom({ site, siteName }: Asked) {
  const none = { XDG_CONFIG_HOME: join(folder, 'config') };
  if (site === undefined) return loadSite(siteName, none, folder);
  const path = join(folder, `site-${siteCount++}.yaml`);
  writeFileSync(path, site);
  return loadSite(path, none, folder);
}
