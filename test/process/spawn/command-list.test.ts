import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CommandStarter } from '../../../src/process/spawn/command.js';
import { commandList, type Step } from '../../../src/process/spawn/command-list.js';
import { posixStarter } from '../../../src/process/spawn/posix-spawn.js';
import type { CommandOutcome } from '../../../src/process/spawn/run-command.js';
import { startList } from '../../../src/process/spawn/run-list.js';
import { recordSkip } from '../../skips.js';

describe('commandList', () => {
  test('knows when each command runs, and what is left from there', () => {
    expect(commandList(`cd a/b&& ./x '1;2' || : ; y`)).toMatchObject([
      { when: 'always', action: { kind: 'folder', folder: 'a/b' }, rest: `cd a/b&& ./x '1;2' || : ; y` },
      { when: 'success', action: { kind: 'program' }, rest: ` ./x '1;2' || : ; y` },
      { when: 'failure', action: { kind: 'status', code: 0 }, rest: ' : ; y' },
      { when: 'always', action: { kind: 'program' }, rest: ' y' },
    ]);
    expect(commandList('x;')).toHaveLength(1);
  });

  test.each([
    'a | b',
    'a & b',
    'a &&& b',
    'a ||| b',
    'a ;; b',
    'a &&',
    '&& a',
    '; a',
    'a && (b)',
    'a > b > ; c',
    'cd; a',
    'cd -; a',
    'cd -P x; a',
    'cd a b; c',
    'cd "a b" && c',
    ': $((x=1)); a',
    'exit 3; a',
    'x=1; a',
    'a && ~/b',
    'if a; then b; fi',
    'a && if b; then c; fi',
    `a || "export" B=1; c`,
    'a; for b in c; do d; done',
  ])('leaves %j to the shell', (line) => {
    expect(commandList(line)).toBeUndefined();
  });
});

describe('a list without a shell', () => {
  let folder: string;
  let descriptors: { stdout: number; stderr: number };
  let starter: CommandStarter | undefined;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-list-')));
    mkdirSync(join(folder, 'sub'));
    for (const [name, script] of Object.entries(scripts)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    descriptors = { stdout: openSync(join(folder, 'out'), 'a'), stderr: openSync(join(folder, 'err'), 'a') };
    starter = posixStarter({ ...descriptors, environment: environment() });
    if (!starter) recordSkip('lists without a shell: posix_spawn cannot be called here');
  });

  afterEach(() => {
    starter?.close();
    for (const descriptor of Object.values(descriptors)) closeSync(descriptor);
    rmSync(folder, { recursive: true, force: true });
  });

  const scripts = {
    ok: 'echo "$*" in "$PWD" from "$OLDPWD"',
    no: 'echo "$*" in "$PWD"; exit 3',
    crash: 'kill -KILL $$',
    leave: 'sleep 60 & echo $! > left',
    look: 'read pid < left; kill -0 $pid && echo it runs',
    linger: 'exec sleep 60',
    tell: 'echo "$1" "$A" "$(cat)"',
  };
  const environment = () => ({ PATH: `${folder}:${process.env.PATH}`, OLDPWD: 'nowhere', NAME: 'a name' });
  const text = (name: 'out' | 'err') => readFileSync(join(folder, name), 'utf8');
  const run = (line: string, timeoutMs = Number.POSITIVE_INFINITY): Promise<CommandOutcome> =>
    Promise.resolve(
      startList(
        starter as CommandStarter,
        commandList(line) as readonly Step[],
        { variables: {}, cwd: folder, stdin: '/dev/null' },
        { timeoutMs, graceMs: 200 },
      ),
    );

  test('does what a shell does', async () => {
    if (!starter) return;
    const commands = [
      'ok 1',
      'no 2',
      ':',
      'true',
      'false',
      'cd sub',
      'cd ..',
      'cd ./sub/../sub/.',
      'cd gone',
      'gone 3',
      'ok "$NAME" > sub/file',
      `no 'a  b' >> sub/file 2>&1`,
      `A="1 2" tell "\\$A" < sub/file`,
      'tell < gone',
      'ok 4 >&2',
      'tell "$NAME" < sub/file 2> /dev/null',
    ];
    const lines = fc.sample(
      fc.array(fc.tuple(fc.constantFrom(...commands), fc.constantFrom('&&', '||', ';')), {
        minLength: 2,
        maxLength: 6,
      }),
      { numRuns: 40, seed: 5 },
    );
    let written = { out: '', err: '' };
    for (const parts of lines) {
      const line = parts.flat().slice(0, -1).join(' ');
      const { end } = await run(line);
      rmSync(join(folder, 'sub/file'), { force: true });
      const shell = spawnSync('/bin/sh', ['-c', line], { cwd: folder, env: environment(), encoding: 'utf8' });
      rmSync(join(folder, 'sub/file'), { force: true });
      expect({ line, code: end.kind === 'exited' && end.code }).toEqual({ line, code: shell.status });
      written = { out: written.out + shell.stdout, err: written.err + shell.stderr };
      expect({ line, out: text('out'), err: text('err') }).toEqual({ line, ...written });
    }
  });

  test('ends as the program that decided it', async () => {
    if (!starter) return;
    expect((await run('crash && ok 1')).end).toMatchObject({ kind: 'signalled', signal: 'SIGKILL' });
    expect((await run('crash || ok 1')).end).toMatchObject({ kind: 'exited', code: 0 });
  });

  test('leaves alone what a command leaves running until it is over', async () => {
    if (!starter) return;
    await run('leave; look');
    expect(text('out')).toBe('it runs\n');
    const left = Number(readFileSync(join(folder, 'left'), 'utf8'));
    expect(isRunning(left)).toBe(false);
  });

  test('has one time limit', async () => {
    if (!starter) return;
    expect(await run('ok 1; linger; ok 2', 400)).toMatchObject({ isTimeout: true });
    expect(text('out')).not.toContain('2 in');
  });
});

/** A dead process stays in the list where nobody waits for orphans. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
