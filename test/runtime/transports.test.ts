/** One contract for all transports: local processes, and MPI under each family that is installed. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Outcome, type Runnable, runnableOpenMpi5, runnables, runRanks } from '../mpi/families.js';
import { bundleProgram } from '../process/bundle.js';
import { eventually, processesMarked } from '../process/marked.js';

interface Report {
  readonly workers: number[];
  readonly problems: string[];
  readonly received: Record<string, number>;
  readonly lost: string[];
  readonly errors: string[];
  readonly seen: string[];
}

interface Ended extends Outcome {
  readonly report: Report;
  readonly mark: string;
}

interface Transport {
  readonly name: string;
  readonly isMissing: boolean;
  run(scenario: string, workers: number, mark: string): Promise<Outcome>;
}

let program = '';

beforeAll(async () => {
  program = await bundleProgram('test/runtime/programs/contract.ts');
});

const transports: readonly Transport[] = [
  { name: 'local processes', isMissing: false, run: runLocal },
  ...runnables.map((runnable) => underMpi(runnable, `MPI under ${runnable.name}`, [])),
  // Ranks may die there, and everything goes by other ways.
  underMpi(runnableOpenMpi5(), 'MPI with fault tolerance', ['--with-ft', 'ulfm']),
];

function underMpi(runnable: Runnable, name: string, launcherFlags: readonly string[]): Transport {
  return {
    name,
    isMissing: !runnable.launcher,
    run: (scenario, workers, mark) =>
      runRanks(runnable, program, {
        ...{ ranks: workers + 1, args: ['mpi', scenario], launcherFlags },
        env: { SHOAL_TEST_MARK: mark },
      }),
  };
}

function runLocal(scenario: string, workers: number, mark: string): Promise<Outcome> {
  const child = spawn(process.execPath, [program, 'local', scenario, String(workers)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SHOAL_TEST_MARK: mark },
  });
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

async function run(transport: Transport, scenario: string, workers: number): Promise<Ended> {
  const mark = randomUUID();
  const outcome = await transport.run(scenario, workers, mark);
  if (!outcome.stdout.startsWith('{')) throw new Error(`no report: ${JSON.stringify(outcome)}`);
  return { ...outcome, report: JSON.parse(outcome.stdout) as Report, mark };
}

for (const transport of transports) {
  describe.skipIf(transport.isMissing)(transport.name, () => {
    const workers = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
    const each = (count: number, messages: number) =>
      Object.fromEntries(workers(count).map((worker) => [worker, messages]));

    test.each([1, 3])(
      'brings the broadcast first, then messages of any size both ways, whole and in order (%i workers)',
      async (count) => {
        const { code, report, mark } = await run(transport, 'echo', count);
        expect(report).toMatchObject({ workers: workers(count), problems: [], errors: [] });
        expect(report.received).toEqual(each(count, 19));
        expect(report.seen.sort()).toEqual(workers(count).map((worker) => `${worker} has the broadcast`));
        expect(code).toBe(0);
        expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
      },
    );

    test('loses nothing of a reader that is far behind, and lets no message overtake a large one', async () => {
      const { code, report } = await run(transport, 'flood', 2);
      expect(report).toMatchObject({ problems: [], errors: [], received: each(2, 2000) });
      expect(code).toBe(0);
    });

    test('aborted, ends every process with the exit code', async () => {
      const { code, mark } = await run(transport, 'abort', 2);
      expect(code).toBe(2);
      expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
    });
  });
}

describe('a local worker', () => {
  const local = transports[0]!;

  test('that dies is told after all it had sent, and its successor takes part', async () => {
    const { code, report, mark } = await run(local, 'death', 2);
    expect(report).toMatchObject({ problems: [], errors: [], received: { 1: 3 } });
    expect(report.lost[0]).toBe('exited with code 5');
    expect(report.seen).toContain('1 takes its place');
    expect(report.seen.filter((text) => text === '1 has the broadcast')).toHaveLength(2);
    // The others went in good order.
    expect(report.lost.slice(1).every((reason) => reason.endsWith('code 0 after its bye'))).toBe(true);
    expect(code).toBe(0);
    expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
  });

  test('that prints past the link on its standard output is an error that shows the text', async () => {
    const { report, mark } = await run(local, 'print', 1);
    expect(report.errors[0]).toContain('expected a framed message');
    expect(report.errors[0]).toContain('a library that prints');
    expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
  });
});
