/** The commands of the many-body domain, on files that a test writes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manyBodyTools } from '../../../src/solvers/manybody/tools.js';
import type { ToolAnswer } from '../../../src/study/solver.js';

/** `name` is `plan` or `assemble`; arguments are the names of files. */
export async function runTool(
  name: string,
  files: Readonly<Record<string, object | string>>,
  given: Readonly<Record<string, string>>,
): Promise<ToolAnswer> {
  const folder = mkdtempSync(join(tmpdir(), 'shoal-manybody-'));
  try {
    for (const [file, content] of Object.entries(files)) {
      writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
    }
    const tool = manyBodyTools.find((one) => one.name === `manybody ${name}`)!;
    return await tool.run(given, { folder, version: '0.0.0' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function assembleFiles(input: object | string, components: object): Promise<ToolAnswer> {
  const name = typeof input === 'string' ? 'input.yaml' : 'input.json';
  return runTool(
    'assemble',
    { [name]: input, 'components.json': components },
    { INPUT: name, results: 'components.json' },
  );
}
