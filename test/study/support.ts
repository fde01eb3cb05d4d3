/** Studies written to a folder of their own and loaded with a solver that keeps what it was asked. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { z } from 'zod';
import { InputError } from '../../src/errors/input-error.js';
import { loadStudy } from '../../src/study/load.js';
import type { ColumnSupport, Solver, SolverRequest } from '../../src/study/solver.js';
import type { Study } from '../../src/study/study.js';

const folder = mkdtempSync(join(tmpdir(), 'shoal-study-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

export interface Asked {
  request: SolverRequest;
  supports: readonly ColumnSupport[];
}

/** A solver named `fake` with settings `{ gates?, mode? }`; `asked` is what its check got last. */
export function fakeSolver(check: (asked: Asked) => void = () => undefined): Solver & { asked?: Asked } {
  const solver: Solver & { asked?: Asked } = {
    name: 'fake',
    version: '1',
    settingsSchema: z.strictObject({
      gates: z.array(z.number()).default([1, 2]),
      mode: z.enum(['b', 'dbdt']).default('b'),
    }),
    check(request, supports) {
      solver.asked = { request, supports };
      check(solver.asked);
    },
    forms: () => ['typescript'],
    prepare: () => null,
    kernel: () => {
      throw new Error('The fake solver computes nothing');
    },
  };
  return solver;
}

/** Loads a study text; `files` are written beside it. Its bundle of a module is the module's own text. */
export function load(
  text: string,
  {
    files = {},
    name = 'study.yaml',
    solver = fakeSolver(),
  }: { files?: Readonly<Record<string, string>>; name?: string; solver?: Solver } = {},
): Promise<Study> {
  const home = mkdtempSync(join(folder, 'case-'));
  for (const [file, content] of Object.entries({ ...files, [name]: text })) {
    mkdirSync(dirname(join(home, file)), { recursive: true });
    writeFileSync(join(home, file), content);
  }
  const bundle = (path: string) =>
    Promise.resolve({ code: files[path.slice(home.length + 1)] ?? text, hash: 'hash' });
  return loadStudy(join(home, name), { solvers: [solver], bundle });
}

/** What the user would read of the error, with the folder cut away. */
export async function refusal(...input: Parameters<typeof load>): Promise<string> {
  try {
    await load(...input);
  } catch (error) {
    if (error instanceof InputError) return error.describe().replaceAll(/\/\S*\/case-\w+\//g, '');
    throw error;
  }
  return 'accepted';
}
