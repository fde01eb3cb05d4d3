/** The commands of the many-body domain, on files that a test writes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manyBodyTools } from '../../../src/solvers/manybody/tools.js';

export interface Answer {
  readonly text: string;
  readonly json: unknown;
  readonly notes: readonly string[];
  readonly isComplete: boolean;
}

/** `name` is `plan` or `assemble`; arguments are the names of files. */
export async function runTool(
  name: string,
  files: Readonly<Record<string, object | string>>,
  given: Readonly<Record<string, string>>,
): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-manybody-'));
  try {
    for (const [file, content] of Object.entries(files)) {
      writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
    }
    const tool = manyBodyTools.find((one) => one.name === `manybody ${name}`)!;
    const { text, json, notes, isComplete } = await tool.run(given, { folder, version: '0.0.0' });
    return { text: text(), json: json(), notes, isComplete };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function assembleFiles(input: object | string, components: object): Promise<Answer> {
  const name = typeof input === 'string' ? 'input.yaml' : 'input.json';
  return runTool(
    'assemble',
    { [name]: input, 'components.json': components },
    { INPUT: name, results: 'components.json' },
  );
}
