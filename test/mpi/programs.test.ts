/** Programs of the binding, each run by ranks of every library. A program asserts; here its end is read. */
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram, runnableOpenMpi5, runnables, runRanks } from './families.js';

interface Program {
  readonly name: string;
  readonly does: string;
  readonly ranks: readonly number[];
  readonly flags?: readonly string[];
}

const programs: readonly Program[] = [
  { name: 'point-to-point', does: 'messages of every type and kind arrive', ranks: [1, 2, 3] },
  { name: 'requests', does: 'requests are awaited, grouped, restarted, cancelled', ranks: [1, 2, 4] },
  { name: 'collectives', does: 'collectives give what the standard says', ranks: [1, 2, 4] },
  { name: 'communicators', does: 'communicators keep their messages apart', ranks: [1, 4] },
  { name: 'groups', does: 'groups hold who they should and make communicators', ranks: [1, 2, 5] },
  {
    name: 'collector',
    does: 'pending operations survive the garbage collector',
    ranks: [1, 2],
    flags: ['--expose-gc'],
  },
  { name: 'heap', does: 'The heap keeps its last page where it cannot grow', ranks: [1] },
  { name: 'wasm', does: 'WebAssembly still throws out of bounds', ranks: [2] },
];

const scripts = new Map<string, string>();

beforeAll(async () => {
  for (const { name } of programs) scripts.set(name, await bundleProgram(name));
});

const five = runnableOpenMpi5();

for (const runnable of [...runnables, five]) {
  describe.skipIf(!runnable.launcher)(`under ${runnable.name}`, () => {
    for (const { name, does, ranks, flags = [] } of programs) {
      it.each(runnable === five ? ranks.slice(-1) : ranks)(`${does}, with %i ranks`, async (rankCount) => {
        const outcome = await runRanks(runnable, scripts.get(name)!, {
          ranks: rankCount,
          nodeFlags: flags,
        });
        expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
        const done = outcome.stdout.match(/rank \d+ done/g) ?? [];
        expect(new Set(done).size).toBe(rankCount);
      });
    }
  });
}
