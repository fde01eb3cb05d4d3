/** Whatever computes a study, its exported results are the same files. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compilerVersion } from '../../src/kernels/compile.js';
import { type FamilyName, type Outcome, runnables, runRanks } from '../mpi/families.js';
import { program, shoal } from '../program.js';
import { recordSkip } from '../skips.js';
import { expectSameFiles, type MixedStudy, mixedStudies, someFailed } from './mixed-study.js';

/** How a study is handed out over so many ranks. */
type Way = readonly [ranks: number, strategy: string, chunk: string];

export function describeIdenticalResults(family: FamilyName | undefined, ways: readonly Way[]): void {
  const runnable = runnables.find(({ name }) => name === family);
  const isMissing = family !== undefined && !runnable?.launcher;
  const hasCompiler = compilerVersion() !== undefined;
  if (!hasCompiler) recordSkip('results of a C kernel over several ranks: there is no C compiler');

  describe.skipIf(isMissing)(`over ${family ?? 'local processes'}`, () => {
    const { folder, studies } = mixedStudies(hasCompiler);
    let main = '';

    const run = async (args: readonly string[], ranks: number): Promise<Pick<Outcome, 'code' | 'stderr'>> => {
      if (family !== undefined) return runRanks(runnable!, main, { ranks, args });
      const { status, stderr } = shoal([...args, '--ranks', String(ranks)], { cwd: folder });
      return { code: status, stderr };
    };
    const runDirOf = (study: MixedStudy, name: string): string =>
      join(folder, 'runs', `${study.name}-${name}`);

    beforeAll(() => {
      main = program();
      for (const study of studies) {
        // One process that gets one case after the other.
        const args = ['--ranks', '1', '--strategy', 'self', '--chunk', '1', '--quiet'];
        const runDir = runDirOf(study, 'reference');
        const done = shoal(['run', study.path, '--run-dir', runDir, ...args], { cwd: folder });
        expect(done).toMatchObject({ status: someFailed });
        const rows = readFileSync(join(runDir, 'results.jsonl'), 'utf8').trimEnd().split('\n');
        expect(rows).toHaveLength(study.cases);
        expect(rows.some((row) => row.includes('"failed"'))).toBe(true);
      }
    });

    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    // The two studies take turns: a run of the program is not cheap.
    const turns = ways.map((way, i) => {
      const study = studies[i % studies.length]!;
      return [study.name, ...way, study] as const;
    });
    const title = '%s: %i ranks by strategy %s in chunks of %s';
    test.each(turns)(title, async (_, ranks, strategy, chunk, study) => {
      const runDir = runDirOf(study, `${ranks}-${strategy}-${chunk}`);
      const options = ['--run-dir', runDir, '--strategy', strategy, '--chunk', chunk, '--quiet'];
      const { code, stderr } = await run(['run', study.path, ...options], ranks);
      expect(`${stderr}${code}`).toMatch(new RegExp(`${someFailed}$`));
      expectSameFiles(runDir, runDirOf(study, 'reference'));
    });

    test('a part first, then all of it over another number of ranks', async () => {
      const [study] = studies;
      const runDir = runDirOf(study!, 'resumed');
      const options = ['--run-dir', runDir, '--quiet'];
      await run(['run', study!.path, ...options, '--limit', '333', '--strategy', 'cyclic'], 1);
      const { code } = await run(['resume', runDir, '--quiet'], 3);
      expect(code).toBe(someFailed);
      expectSameFiles(runDir, runDirOf(study!, 'reference'));
    });
  });
}
