/** A study written in TypeScript or JavaScript: its export `study`, or its default export. */
import { InputError } from '../../errors/input-error.js';
import { withoutExit } from '../../process/exit-guard.js';
import type { StudyFile } from './places.js';
import type { Bundle } from './read.js';
import { evaluatedFile } from './value.js';

/** The module is bundled first, because Node 20 reads no TypeScript. Throws InputError when it exports no study. */
export async function readModule(
  absolute: string,
  shown: string,
  text: string,
  bundle: Bundle,
): Promise<StudyFile> {
  const { code } = await bundle(absolute);
  const exported = await evaluate(code, shown);
  const value = exported.study ?? exported.default;
  if (typeof value !== 'object' || value === null) {
    throw new InputError('The module exports no study', {
      file: shown,
      expected: 'an object exported as `study` or by default',
      given: `exports: ${Object.keys(exported).join(', ') || 'none'}`,
    });
  }
  return evaluatedFile({ path: absolute, shown, text, value });
}

async function evaluate(code: string, shown: string): Promise<Record<string, unknown>> {
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  try {
    return await withoutExit(
      (exitCode) => new Error(`it ends the process, with exit code ${exitCode}`),
      () => import(url),
    );
  } catch (error) {
    throw new InputError(
      `The module cannot be evaluated: ${(error as Error).message}`,
      { file: shown },
      { cause: error },
    );
  }
}
