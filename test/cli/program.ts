/** The built program as a child process: what a user types, and what comes back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mainScript } from '../../src/process/install.js';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** Bears this mark in its environment, like everything that it starts. */
  readonly mark: string;
  readonly ended: Promise<Ended>;
}

export function startShoal(
  cwd: string,
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Started {
  if (!existsSync(mainScript())) throw new Error('dist/main.js is missing: npm run build makes it');
  return startProgram(process.execPath, [mainScript(), ...argv], cwd, environment);
}

export function startProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): Started {
  const mark = randomUUID();
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SHOAL_TEST_MARK: mark, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, mark, ended };
}

/** The document on standard output; what else there is says why there is none. */
export function jsonOf(ended: Ended): unknown {
  try {
    return JSON.parse(ended.stdout);
  } catch {
    throw new Error(`no JSON on standard output: ${JSON.stringify(ended)}`);
  }
}

/**
 * A folder with a study of `count` cases, each of which takes `caseMs` and gives twice its number; they take no time
 * once there is a file `quick` in it.
 */
export async function studyFolder(count: number, caseMs: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-program-'));
  const kernel = `import { existsSync } from 'node:fs';
const quick = new URL('quick', import.meta.url);
const pause = new Int32Array(new SharedArrayBuffer(4));
export const kernel = { name: 'slow', version: '1', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }],
  run: ({ x }) => { if (${caseMs} > 0 && !existsSync(quick)) Atomics.wait(pause, 0, 0, ${caseMs}); return { y: 2 * x }; } };`;
  await writeFile(join(folder, 'kernel.mjs'), kernel);
  const numbers = Array.from({ length: count }, (_, i) => i).join(', ');
  const study = `name: slow\nkernel: ./kernel.mjs\nparameters:\n  x: [${numbers}]\noutput: [csv]\n`;
  await writeFile(join(folder, 'study.yaml'), study);
  return folder;
}
