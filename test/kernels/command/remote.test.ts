import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mainScript } from '../../../src/process/install.js';
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
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('shoal-case-'))).toEqual([]);
  });

  test('a connection cut in a case costs time and no result', async () => {
    const started = join(folder, 'started');
    const file = study(
      'cut',
      `{ command: ['ssh://box/sh', -c, 'echo go >>"${started}"; sleep 1; echo 4{x}'], outputs: [{ name: y }] }`,
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

  test.each([
    ['ssh://', 'the name of a host'],
    ['ssh://a b/x', 'No program behind the host'],
    ['ssh://-oProxyCommand=x/true', 'the name of a host'],
    ['ssh://box', 'No program behind the host'],
    ['ssh://box/', 'No program behind the host'],
  ])('refuses %s', (command, words) => {
    const refused = shoal(['run', study('bad', JSON.stringify(command), '[1]')], { cwd: folder });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(words);
  });
});

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
