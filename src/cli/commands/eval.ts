import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { EnvironmentError } from '../../errors/environment-error.js';
import { InputError } from '../../errors/input-error.js';
import { bundleModule } from '../../kernels/bundle.js';
import { moduleKernel } from '../../kernels/module.js';
import { suggestion } from '../../study/nearest.js';
import { type Command, positional } from '../command.js';
import type { CommandContext } from '../context.js';
import { runOneCase } from '../one-case.js';

export const evalCommand: Command = {
  name: 'eval',
  describe: 'Computes one case here and prints its result as JSON, numbers in full precision.',
  positionals: {
    KERNEL: 'A built-in kernel by name, or a TypeScript or JavaScript module with a kernel.',
    INPUT: 'JSON file with the inputs of the case.',
  },
  options: {},
  handle: async (args, context) => {
    const file = resolve(context.cwd, positional(args, 'INPUT'));
    const input = await readJson(file, positional(args, 'INPUT'));
    context.stdout.write(`${await evaluate(positional(args, 'KERNEL'), input, file, context)}\n`);
    return 0;
  },
};

const moduleEndings = ['.ts', '.mts', '.js', '.mjs'];

async function evaluate(
  kernel: string,
  input: unknown,
  file: string,
  { cwd, solvers }: CommandContext,
): Promise<string> {
  if (moduleEndings.includes(extname(kernel))) {
    const path = resolve(cwd, kernel);
    const module = await moduleKernel({ path, ...(await bundleModule(path)) }, {}, {});
    return runOneCase(module, input, file);
  }
  const solver = solvers.find(({ name, evaluate }) => name === kernel && evaluate);
  if (solver?.evaluate) return JSON.stringify(await located(solver.evaluate(input), file));
  const names = solvers.filter(({ evaluate }) => evaluate).map(({ name }) => name);
  throw new InputError(`there is no kernel ${kernel}`, {
    expected: [...names, `a module (${moduleEndings.join(', ')})`].join(', '),
    hint: suggestion(kernel, names) ?? 'A kernel written in C is tried with a study of one case and run',
  });
}

/** What a kernel says of its input gets the file's name here. */
async function located(result: Promise<unknown>, file: string): Promise<unknown> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof InputError) || error.facts.file !== undefined) throw error;
    throw new InputError(error.message, { ...error.facts, file }, { cause: error });
  }
}

async function readJson(file: string, shown: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new InputError('no such file', {
        file: shown,
        expected: 'a JSON file with the inputs of a case',
      });
    }
    throw new EnvironmentError(`cannot read ${shown}: ${(error as Error).message}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError('this is not JSON', { file: shown, given: (error as Error).message });
  }
}
