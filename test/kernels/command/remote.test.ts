import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/errors/input-error.js';
import { bundleModule } from '../../../src/kernels/bundle.js';
import { mainScript } from '../../../src/process/install.js';
import { loadStudyValue } from '../../../src/study/load.js';
import { families, launcherOf, local, underMpirun } from '../../chaos/transports.js';
import { program, shoal } from '../../program.js';
import { recordSkip } from '../../skips.js';
import { type Sshd, sshdProblem, startSshd } from '../../ssh/sshd.js';

const problem = sshdProblem();
if (problem) recordSkip(`commands on other hosts: ${problem}`);

describe.skipIf(problem)('commands on another host', () => {
  let sshd: Sshd;
  let folder: string;

  beforeAll(async () => {
    program();
    sshd = await startSshd();
    folder = mkdtempSync(join(tmpdir(), 'shoal-remote-kernel-'));
  });
  afterAll(async () => {
    await sshd?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const study = (name: string, kernel: string, values: string) => {
    writeFileSync(
      join(folder, `${name}.yaml`),
      `name: ${name}\nparameters: { x: ${values} }\nkernel: ${kernel}\n`,
    );
    return `${name}.yaml`;
  };
  const results = (name: string): Record<string, unknown>[] => {
    const done = shoal(['export', `runs/${name}`, '--format', 'jsonl', '--output', 'rows.jsonl'], {
      cwd: folder,
    });
    expect(done.status, done.stderr).toBe(0);
    return readFileSync(join(folder, 'rows.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  };

  test('rows hold outputs, exit codes, signals and time limits, and folders of cases are gone', () => {
    const script =
      'test {x} = 2 && exit 7; test {x} = 3 && kill -SEGV $$; test {x} = 4 && { trap "" TERM; sleep 7654; }; pwd; read y; touch here; echo $y $V $(ls)';
    const file = study(
      'rows',
      `{ command: 'ssh://box/${script}', shell: true, stdin: "in{x}", env: { V: "v{x}" }, cwd: scratch, outputs: [{ name: said, dtype: string, regex: '^in.*' }] }`,
      '[1, 2, 3, 4]',
    );
    const run = shoal(['run', file, '--ranks', '2', '--timeout', '2 s', '--quiet'], {
      cwd: folder,
      env: sshd.environment,
    });
    expect(run.status, run.stderr).toBe(1);
    expect(results('rows')).toMatchObject([
      { status: 'completed', exit_code: 0, said: 'in1 v1 here' },
      { status: 'failed', exit_code: 7, error_type: 'ExitCode' },
      { status: 'failed', error_type: 'Signal', error_message: 'ended by SIGSEGV' },
      { status: 'timeout', error_type: 'Timeout' },
    ]);
    expect(spawnSync('pgrep', ['-f', 'sleep 7654']).status).toBe(1);
    expect(readdirSync(sshd.temporary).filter((name) => name.startsWith('shoal-case-'))).toEqual([]);
  });

  test('a connection cut in a case costs time and no result', async () => {
    const [started, free] = [join(folder, 'started'), join(folder, 'free')];
    const script = `echo go >>"${started}"; while [ ! -e "${free}" ]; do sleep 0.1; done; echo 4{x}`;
    const file = study(
      'cut',
      `{ command: ['ssh://box/sh', -c, '${script}'], outputs: [{ name: y }] }`,
      '[1, 2]',
    );
    const run = spawn(process.execPath, [mainScript(), 'run', file, '--ranks', '1', '--quiet'], {
      cwd: folder,
      env: sshd.environment,
      stdio: 'ignore',
    });
    const code = new Promise((resolve) => run.once('close', resolve));
    await until(() => lines(started) === 1);
    sshd.cut();
    await until(() => lines(started) === 2 || run.exitCode !== null);
    writeFileSync(free, '');
    expect(await code).toBe(0);
    expect(results('cut')).toMatchObject([{ y: 41 }, { y: 42 }]);
    expect(lines(started)).toBe(3);
  });

  test.each(['ssh2', 'system'])(
    'when the run is killed, nothing is left here or on the host (%s)',
    async (kind) => {
      const file = study('killed', '"ssh://box/sleep 876{x}"', '[5]');
      rmSync(join(folder, 'runs', 'killed'), { recursive: true, force: true });
      const run = spawn(process.execPath, [mainScript(), 'run', file, '--ranks', '1', '--quiet'], {
        cwd: folder,
        env: { ...sshd.environment, SHOAL_SSH: kind },
        stdio: 'ignore',
      });
      const isThere = () => spawnSync('pgrep', ['-f', '^sleep 8765']).status === 0;
      await until(isThere);
      run.kill('SIGKILL');
      await until(() => !isThere());
      await until(() => spawnSync('pgrep', ['-f', `^ssh .*${sshd.folder}`]).status === 1);
    },
  );

  const ways = [
    ...(['ssh2', 'system'] as const).map((kind) => ({ name: `local workers, ${kind}`, kind, way: local })),
    ...families.flatMap((family) => {
      const launcher = launcherOf(family);
      if (!launcher) recordSkip(`one connection for the ranks of a node: no mpirun of ${family}`);
      return launcher ? [{ name: family, kind: 'ssh2', way: underMpirun(launcher) } as const] : [];
    }),
  ];

  test.each(ways)(
    'workers of a node share one connection, and one more when it is cut or its holder killed ($name)',
    async ({ name, kind, way }) => {
      const begun = join(folder, 'begun');
      rmSync(begun, { force: true });
      rmSync(join(folder, 'runs', 'shared'), { recursive: true, force: true });
      const [isCut, isKilled] = [join(folder, 'is-cut'), join(folder, 'is-killed')];
      for (const file of [isCut, isKilled]) rmSync(file, { force: true });
      // Those that begin after the first four wait for the cut, and those after the first twelve for the kill.
      const holds = `[ $n -gt 4 ] && [ ! -e "${isCut}" ] || { [ $n -gt 12 ] && [ ! -e "${isKilled}" ]; }`;
      const script = [
        `echo "{x} $SSH_CONNECTION" >>"${begun}"`,
        `n=$(wc -l <"${begun}")`,
        `while ${holds}; do sleep 0.1; done`,
        'echo 4{x}',
      ].join('; ');
      const file = study(
        'shared',
        `{ command: ['ssh://box/sh', -c, '${script}'], outputs: [{ name: y }] }`,
        JSON.stringify(Array.from({ length: 16 }, (_, i) => 10 + i)),
      );
      const { program, args, environment } = way.start(['run', file, '--quiet'], 4);
      const run = spawn(program, args, {
        cwd: folder,
        env: { ...environment, ...sshd.environment, SHOAL_SSH: kind, TMPDIR: folder },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      run.stderr.on('data', (text) => {
        said += text;
      });
      const code = new Promise((resolve) => run.once('close', resolve));
      const connections = () => new Set(beginnings(begun).map((line) => line.replace(/^\S+ /, '')));
      await until(() => lines(begun) >= 5 || run.exitCode !== null);
      expect([...connections()], said).toHaveLength(1);
      sshd.cut();
      await until(() => connections().size > 1 || run.exitCode !== null);
      writeFileSync(isCut, '');
      await until(() => lines(begun) > 12 || run.exitCode !== null);
      for (const pid of holdersOf(sshd.folder)) process.kill(pid, 'SIGKILL');
      await until(() => connections().size > 2 || run.exitCode !== null);
      writeFileSync(isKilled, '');
      expect(await code, `${name}: ${said}`).toBe(0);
      // A command that the system's ssh starts in the moment when the shared connection goes makes one of its own.
      const most = kind === 'system' ? 3 + 4 : 3;
      expect(connections().size).toBeGreaterThanOrEqual(3);
      expect(connections().size, [...connections()].join(', ')).toBeLessThanOrEqual(most);
      const rows = results('shared');
      expect(rows.map(({ x, y }) => [x, y])).toEqual(
        Array.from({ length: 16 }, (_, i) => [10 + i, Number(`4${10 + i}`)]),
      );
      // What was begun twice is what ran when its connection went: at most one case a worker, each time.
      expect(lines(begun)).toBeLessThanOrEqual(16 + 2 * 4);
      await until(() => holdersOf(sshd.folder).length === 0);
      expect(readdirSync(folder).filter((entry) => entry.startsWith('shoal-hosts-'))).toEqual([]);
    },
  );

  test('a kernel without a program there is refused by the command line', () => {
    const refused = shoal(['run', study('bad', '"ssh://box"', '[1]')], { cwd: folder });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('No program behind the host');
  });
});

test.each([
  ['ssh://', 'the name of a host'],
  ['ssh://a b/x', 'No program behind the host'],
  ['ssh://-oProxyCommand=x/true', 'the name of a host'],
  ['ssh://box/', 'No program behind the host'],
])('a study with the kernel %s is refused', async (kernel, words) => {
  const value = { name: 'bad', parameters: { x: [1] }, kernel };
  const error = await loadStudyValue(value, tmpdir(), { solvers: [], bundle: bundleModule }).catch(
    (refusal: unknown) => refusal,
  );
  expect(error).toBeInstanceOf(InputError);
  expect((error as InputError).describe()).toContain(words);
});

/** Processes that hold connections for workers that know the host by this folder. */
function holdersOf(sshdFolder: string): number[] {
  const found = spawnSync('pgrep', ['-f', 'main.js hold-connections'], { encoding: 'utf8' });
  return found.stdout
    .split('\n')
    .filter(Boolean)
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(sshdFolder);
      } catch {
        return false;
      }
    });
}

function beginnings(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

function lines(path: string): number {
  try {
    return readFileSync(path, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 50));
}
