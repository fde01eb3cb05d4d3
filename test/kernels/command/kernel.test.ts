import { chmodSync, existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/codec/block.js';
import { allocateColumns, type Columns } from '../../../src/codec/columns.js';
import { EnvironmentError } from '../../../src/errors/environment-error.js';
import { InputError } from '../../../src/errors/input-error.js';
import type { ReadyKernel } from '../../../src/kernels/kernel.js';
import { kernelIdentity, loadKernel, prepareKernel } from '../../../src/kernels/load.js';
import { type KeptOutput, readKept } from '../../../src/store/kept-output.js';
import { openRunDirectory } from '../../../src/store/run-directory.js';
import { createCaseSpace } from '../../../src/study/case-space.js';
import type { Study } from '../../../src/study/study.js';
import { temporaryFolder } from '../../store/support.js';
import { load } from '../../study/support.js';
import { contextOf } from '../context.js';

let runDir: string;
let kernel: ReadyKernel | undefined;

beforeEach(newRunDir);

function newRunDir(): void {
  runDir = join(realpathSync(temporaryFolder()), 'run');
}

afterEach(() => {
  kernel?.close?.();
  kernel = undefined;
});

const parameters = 'parameters: { x: [1, 2.5], v: { value: [3, 4] }, label: ["it\'s", "b c"] }';

interface Ran {
  readonly study: Study;
  readonly out: Columns;
  readonly failure: Failure | undefined;
  readonly kept: KeptOutput | null;
  readonly log: readonly string[];
}

/** Runs the last of the study's four cases. */
async function run(kernelText: string, more = '', isRunDirThere = true): Promise<Ran> {
  const study = await load(`name: a\n${parameters}\nkernel: ${kernelText}\n${more}`);
  if (isRunDirThere) openRunDirectory(runDir, study).close();
  const { shared, form } = prepareKernel(study, [], runDir);
  kernel = await loadKernel(study, [], shared, form);
  const out = allocateColumns(kernel.outputs, 1);
  const log: string[] = [];
  const failures = await kernel.runBatch(1, createCaseSpace(study.cases).fill(3, 1), out, contextOf(3, log));
  return { study, out, failure: failures?.[0], kept: out.output?.[0] as KeptOutput | null, log };
}

const printed = (kept: KeptOutput | null, stream: 'stdout' | 'stderr' = 'stdout'): string =>
  kept ? Buffer.concat([...readKept(runDir, kept, stream)]).toString() : '';

describe('what a program gets', () => {
  test('its parameters as arguments, byte by byte', async () => {
    const { kept, failure } = await run(
      `{ command: [printf, "<%s>", "{x}", "{v}", "{v[1]}", "{label}", "{case}"] }`,
    );
    expect(failure).toBeUndefined();
    expect(printed(kept)).toBe('<2.5><3,4><4><b c><3>');
  });

  test('its parameters quoted in a text for a shell', async () => {
    const { kept } = await run(`{ command: "printf '<%s>' {label} {x} | tr '<' '['", shell: true }`);
    expect(printed(kept)).toBe('[b c>[2.5>');
  });

  test('text or JSON on its standard input', async () => {
    expect(printed((await run('{ command: [cat], stdin: "x = {x}\\n" }')).kept)).toBe('x = 2.5\n');
    kernel?.close?.();
    newRunDir();
    const { kept } = await run('{ command: [cat], stdin: json }');
    expect(JSON.parse(printed(kept))).toEqual({ x: 2.5, v: [3, 4], label: 'b c' });
  });

  test('variables, and none of those that make a process a rank unless it asks', async () => {
    process.env.OMPI_COMM_WORLD_RANK = '5';
    try {
      const script = 'echo "$LABEL $SHOAL_CASE $OMPI_COMM_WORLD_RANK $PWD $SHOAL_STUDY_DIR"';
      const command = `command: [sh, "-c", '${script}'], env: { LABEL: "<{label}>" }`;
      const dropped = await run(`{ ${command} }`);
      const home = dirname(dropped.study.source.path);
      expect(printed(dropped.kept)).toBe(`<b c> 3  ${home} ${home}\n`);
      kernel?.close?.();
      newRunDir();
      expect(printed((await run(`{ ${command}, launcher_environment: keep }`)).kept)).toContain('<b c> 3 5 ');
    } finally {
      delete process.env.OMPI_COMM_WORLD_RANK;
    }
  });

  test('a folder of its own where the study says so', async () => {
    const { kept } = await run('{ command: [sh, "-c", "pwd; ls -A; touch here"], cwd: scratch }');
    const [folder = '', ...files] = printed(kept).trimEnd().split('\n');
    expect(files).toEqual([]);
    expect(folder).not.toBe(process.cwd());
    expect(existsSync(join(folder, 'here'))).toBe(true);
  });
});

describe('what comes of it', () => {
  test('an exit code, and values in what was printed', async () => {
    const { out, failure } = await run(
      `{ command: [sh, "-c", "echo E = {x}; echo 7 8; exit 3"], ok_exit_codes: [0, 3],
         outputs: [{ name: energy, regex: "E = (.*)" }, { name: pair, shape: [2] }] }`,
    );
    expect(failure).toBeUndefined();
    expect(out).toMatchObject({
      exit_code: Int32Array.of(3),
      energy: Float64Array.of(2.5),
      pair: Float64Array.of(7, 8),
    });
    expect(out.cpu_seconds?.[0]).toBeGreaterThan(0);
  });

  test.each<[string, string, string, Partial<Failure>, number]>([
    [
      'an exit code that is not expected, with the last words of its standard error',
      '{ command: [sh, "-c", "echo first >&2; echo no such mesh >&2; exit 4"] }',
      '',
      {
        status: 'failed',
        type: 'ExitCode',
        message: 'exit code 4: no such mesh',
        known: ['exit_code'],
        traceback: 'ExitCode: exit code 4: no such mesh\nEnd of its standard error:\nfirst\nno such mesh',
      },
      4,
    ],
    [
      'a signal',
      '{ command: [sh, "-c", "kill -SEGV $$"] }',
      '',
      { type: 'Signal', message: 'ended by SIGSEGV' },
      0,
    ],
    [
      'a time limit',
      '{ command: [sleep, 60] }',
      'execution: { timeout: 200 ms }',
      { status: 'timeout', type: 'Timeout', message: 'took longer than 0.2 s' },
      0,
    ],
    [
      'a program that the shell does not find',
      '{ command: "no-such-program", shell: true }',
      '',
      { type: 'CommandNotFound', known: ['exit_code'] },
      127,
    ],
    [
      'a program named by a parameter that is not there',
      '{ command: ["./{label}"] }',
      '',
      { type: 'CommandNotFound' },
      0,
    ],
    [
      'output without what was to be found',
      '{ command: [echo, nothing], outputs: [{ name: energy, regex: "E = (.*)" }] }',
      '',
      {
        type: 'OutputMissing',
        message: 'energy: nothing in its stdout matches E = (.*)',
        known: ['exit_code'],
      },
      0,
    ],
  ])('%s fails the case', async (_title, text, more, failure, exitCode) => {
    const ran = await run(text, more);
    expect(ran.failure).toMatchObject({ status: 'failed', offset: 0, ...failure });
    expect(ran.out.exit_code).toEqual(Int32Array.of(exitCode));
    if (ran.out.energy) expect(ran.out.energy).toEqual(Float64Array.of(Number.NaN));
  });

  test('what many cases printed lies in one file', async () => {
    const { study } = await run('{ command: [sh, "-c", "echo out {case}; echo err {case} >&2"] }');
    const ready = kernel as ReadyKernel;
    const keptOf = async (first: number): Promise<KeptOutput> => {
      const out = allocateColumns(ready.outputs, 1);
      await ready.runBatch(1, createCaseSpace(study.cases).fill(first, 1), out, contextOf(first));
      return out.output?.[0] as KeptOutput;
    };
    const kept = [await keptOf(0), await keptOf(1), await keptOf(2)];
    expect(kept.map((each) => printed(each))).toEqual(['out 0\n', 'out 1\n', 'out 2\n']);
    expect(kept.map((each) => printed(each, 'stderr'))).toEqual(['err 0\n', 'err 1\n', 'err 2\n']);
    expect(readdirSync(join(runDir, 'output'))).toHaveLength(1);
  });

  test('a program that truncates its output spoils no other', async () => {
    const { kept, study } = await run(
      '{ command: [sh, "-c", "echo {case}; echo $SHOAL_CASE > /dev/stdout"] }',
    );
    expect(printed(kept)).toBe('3\n');
    const out = allocateColumns((kernel as ReadyKernel).outputs, 1);
    await kernel?.runBatch(1, createCaseSpace(study.cases).fill(0, 1), out, contextOf(0));
    expect(printed(out.output?.[0] as KeptOutput)).toBe('0\n');
    expect(printed(kept)).toBe('3\n');
  });

  test('without a run directory it travels with the result, its end at least, and the log says so', async () => {
    const { kept, log } = await run('{ command: [sh, "-c", "seq 1 20000; echo bad >&2"] }', '', false);
    expect(kept).toMatchObject({ kind: 'text', stderr: 'bad\n', cut: 108894 - 65536 });
    expect(printed(kept)).toMatch(/\n19999\n20000\n$/);
    expect(log).toEqual([expect.stringContaining('cannot be written from here')]);
    expect(existsSync(runDir)).toBe(false);
  });

  test('the run directory of another study is left alone', async () => {
    openRunDirectory(
      runDir,
      await load('name: b\nparameters: { x: [1] }\nkernel: { command: [other] }'),
    ).close();
    const { kept } = await run('{ command: [echo, hello] }', '', false);
    expect(kept).toMatchObject({ kind: 'text', stdout: 'hello\n' });
    expect(existsSync(join(runDir, 'output'))).toBe(false);
  });
});

describe('the kernel', () => {
  const study = (text: string, files = {}) => load(`name: a\n${parameters}\nkernel: ${text}\n`, { files });

  test('is the same wherever the study lies, and another with another command', async () => {
    const identity = async (text: string) => {
      const loaded = await study(text);
      return kernelIdentity(await loadKernel(loaded, [], { runDir }, 'command'));
    };
    expect(await identity('{ command: [echo, "{x}"] }')).toBe(await identity('{ command: "echo {x}" }'));
    expect(await identity('{ command: [echo, "{x}"] }')).not.toBe(
      await identity('{ command: [echo, "{v}"] }'),
    );
  });

  test('asks for the parameters that it names alone, and takes one case at a time', async () => {
    const loaded = await loadKernel(await study('{ command: [echo, "{x}"] }'), [], { runDir }, 'command');
    expect(loaded.inputs.map(({ name }) => name)).toEqual(['x']);
    expect(loaded.mostCases).toBe(1);
  });

  test.each([
    [
      'a program that is not on the PATH',
      '{ command: [no-such-program] }',
      'there is no program no-such-program',
    ],
    ['a program that is not beside the study', '{ command: [./no-such] }', 'there is no program ./no-such'],
  ])('is refused for %s', async (_, text, message) => {
    const loaded = loadKernel(await study(text), [], { runDir }, 'command');
    await expect(loaded).rejects.toThrow(InputError);
    await expect(loaded).rejects.toThrow(message);
  });

  test('is refused without the folder that it runs in', async () => {
    const loaded = loadKernel(await study('{ command: [echo], cwd: no/such }'), [], { runDir }, 'command');
    await expect(loaded).rejects.toThrow(EnvironmentError);
  });

  test('finds a program beside the study, wherever it runs', async () => {
    const loaded = await study('{ command: [./tool.sh, "{x}"], cwd: inside }', {
      'tool.sh': 'echo "$1 $PWD"\n',
    });
    const home = dirname(loaded.source.path);
    mkdirSync(join(home, 'inside'));
    chmodSync(join(home, 'tool.sh'), 0o755);
    openRunDirectory(runDir, loaded).close();
    kernel = await loadKernel(loaded, [], { runDir }, 'command');
    const out = allocateColumns(kernel.outputs, 1);
    await kernel.runBatch(1, createCaseSpace(loaded.cases).fill(0, 1), out, contextOf(0));
    expect(printed(out.output?.[0] as KeptOutput)).toBe(`1 ${join(home, 'inside')}\n`);
  });
});
