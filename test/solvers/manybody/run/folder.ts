/** Runs of `manybody run` in a folder of their own, and what they leave. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { mainScript } from '../../../../src/process/install.js';

export const folder = mkdtempSync(join(tmpdir(), 'shoal-manybody-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Real programs take minutes for all calculations of an expansion. */
const mostMs = 580_000;

/** Writes an input as JSON, which is YAML too; the name is that of the run. */
export function writeInput(name: string, input: object): string {
  writeFileSync(
    join(folder, `${name}.yaml`),
    JSON.stringify('schema_name' in input ? input : { name, ...input }),
  );
  return `${name}.yaml`;
}

export function run(name: string, input: object, ...options: string[]) {
  const path = writeInput(name, input);
  const argv = [mainScript(), 'manybody', 'run', path, '--ranks', '2', ...options];
  return spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8', timeout: mostMs });
}

/** Under a launcher, with four ranks. */
export function runUnder(launcher: string, name: string, path: string) {
  const own =
    launcher.includes('mpich') || launcher.includes('hydra')
      ? []
      : ['--allow-run-as-root', '--oversubscribe'];
  return spawnSync(
    launcher,
    [
      ...own,
      '-np',
      '4',
      process.execPath,
      mainScript(),
      'manybody',
      'run',
      path,
      '--run-dir',
      `runs/${name}`,
    ],
    { cwd: folder, encoding: 'utf8', timeout: 280_000 },
  );
}

export function answer(name: string, file = 'result.json'): string {
  return readFileSync(join(folder, 'runs', name, 'answer', file), 'utf8');
}

export interface Result {
  readonly success: boolean;
  readonly return_result: number | null;
  readonly properties: Readonly<Record<string, number>>;
  readonly extras: {
    readonly qcvars: Readonly<Record<string, number>>;
    readonly missing?: readonly string[];
  };
}

export function resultOf(name: string): Result {
  return JSON.parse(answer(name)) as Result;
}

/** Four argon atoms in no particular order, bohr. */
export const argon = ['Ar 0 0 0', 'Ar 6.1 0.3 -0.4', 'Ar 2.9 6.2 0.7', 'Ar 1.1 3.3 5.9'];

export function moleculeOf(fragments: readonly string[], units = 'bohr') {
  return { units, geometry: fragments.join('\n--\n') };
}

/** A program of a user's: `script` gets the input file as its argument, which has an atom a line. */
export function scripted(script: string, more: object = {}) {
  const path = join(folder, `program-${Math.random().toString(36).slice(2)}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return {
    ...{ program: 'template', method: 'count' },
    keywords: {
      command: [path, 'in'],
      files: { in: '{atoms}\n' },
      unit: 'bohr',
      energy: { regex: 'E = (\\S+)' },
      complete: 'bye',
    },
    ...more,
  };
}
