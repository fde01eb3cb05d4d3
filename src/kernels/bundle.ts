/** Turns a user's TypeScript or JavaScript kernel, with all it imports, into the text of one ES module. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { RolldownLog } from 'rolldown';
import { EnvironmentError } from '../errors/environment-error.js';
import { InputError } from '../errors/input-error.js';

export interface BundledModule {
  /** One ES module that imports nothing but Node's own modules; its source map is the last line. */
  readonly code: string;
  /** SHA-256 in hex of the code without its source map, which names folders of this machine. */
  readonly hash: string;
}

/**
 * What `import … from 'shoal'` gives inside a kernel or study module: the helpers for types. A kernel travels to
 * ranks as text, so it must not drag the whole package along, nor need it beside the study.
 */
const helpers =
  'export const defineKernel = (kernel) => kernel;\nexport const defineStudy = (study) => study;\n';
const helpersId = '\0shoal-helpers';

/** Bundles once, at load; ranks get the text. Throws InputError that quotes the bundler for what it cannot read. */
export async function bundleModule(path: string): Promise<BundledModule> {
  const input = resolve(path);
  if (!existsSync(input)) {
    throw new InputError(`no such file: ${input}`, {
      expected: 'a TypeScript or JavaScript module',
      given: path,
    });
  }
  const { rolldown } = await loadBundler();
  const unresolved: string[] = [];
  try {
    const build = await rolldown({
      input,
      cwd: dirname(input),
      platform: 'node',
      tsconfig: false,
      external: [/^node:/],
      plugins: [
        {
          name: 'shoal-helpers',
          resolveId: (source) => (source === 'shoal' ? helpersId : null),
          load: (id) => (id === helpersId ? helpers : null),
        },
      ],
      onLog(_level, log: RolldownLog) {
        if (log.code === 'UNRESOLVED_IMPORT') unresolved.push(log.message);
      },
    });
    const { output } = await build.generate({
      format: 'esm',
      codeSplitting: false,
      comments: false,
      sourcemap: true,
      sourcemapPathTransform: (source, mapPath) => resolve(dirname(mapPath), source),
    });
    await build.close();
    if (unresolved.length > 0) throw new Error(unresolved.join('\n'));
    const { code, map } = output[0];
    const text = code.replace(/^\/\/# sourceMappingURL=.*$/m, '').trimEnd();
    const hash = createHash('sha256').update(text).digest('hex');
    const comment = map ? `\n//# sourceMappingURL=${map.toUrl()}` : '';
    return { code: `${text}${comment}\n`, hash };
  } catch (error) {
    throw new InputError(`cannot be bundled: ${plain(error)}`, { file: path }, { cause: error });
  }
}

async function loadBundler(): Promise<typeof import('rolldown')> {
  try {
    return await import('rolldown');
  } catch (error) {
    throw new EnvironmentError('the bundler that reads kernel modules cannot be loaded', {
      cause: error,
      hint: 'Install shoal with its optional packages on the machine that starts the run (npm install).',
    });
  }
}

/** The bundler's words without terminal colours. */
function plain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what starts a colour
  return text.replace(/\u001b\[[0-9;]*m/g, '').trim();
}
