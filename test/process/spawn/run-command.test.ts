import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Command, CommandStarter, StarterOptions } from '../../../src/process/spawn/command.js';
import { nodeStarter } from '../../../src/process/spawn/node-spawn.js';
import { posixStarter } from '../../../src/process/spawn/posix-spawn.js';
import { type CommandLimits, startCommand } from '../../../src/process/spawn/run-command.js';
import { eventually, processesMarked } from '../marked.js';

const starters = {
  posix_spawn: posixStarter,
  'child processes of Node': nodeStarter,
} as const satisfies Record<string, (options: StarterOptions) => CommandStarter | undefined>;

const patient = { timeoutMs: Number.POSITIVE_INFINITY, graceMs: 200 };

describe.each(Object.entries(starters))('a command by %s', (_, create) => {
  let folder: string;
  let mark: string;
  let output: { stdout: number; stderr: number };
  let starter: CommandStarter;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'shoal-command-')));
    mark = randomUUID();
    output = { stdout: openSync(join(folder, 'out'), 'a'), stderr: openSync(join(folder, 'err'), 'a') };
    const environment = { PATH: process.env.PATH ?? '', SHOAL_TEST_MARK: mark };
    starter = create({ ...output, environment }) as CommandStarter;
  });

  afterEach(() => {
    for (const pid of processesMarked(mark)) process.kill(pid, 'SIGKILL');
    starter.close();
    for (const descriptor of Object.values(output)) closeSync(descriptor);
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (argv: readonly string[], more: Partial<Command> = {}, limits: CommandLimits = patient) =>
    startCommand(starter, { argv, variables: {}, cwd: folder, stdin: '/dev/null', ...more }, limits);
  const written = (name: 'out' | 'err') => readFileSync(join(folder, name), 'utf8');

  test.each<[string, readonly string[], object]>([
    ['success', ['true'], { kind: 'exited', code: 0 }],
    ['an exit code', ['sh', '-c', 'exit 3'], { kind: 'exited', code: 3 }],
    ['the largest exit code', ['sh', '-c', 'exit 255'], { kind: 'exited', code: 255 }],
    ['a signal', ['sh', '-c', 'kill -SEGV $$'], { kind: 'signalled', signal: 'SIGSEGV' }],
    ['a program that is not there', ['no-such-program'], { kind: 'unstartable', error: 'ENOENT' }],
    ['a path that is not there', ['./no-such'], { kind: 'unstartable', error: 'ENOENT' }],
    ['a file that is no program', ['/etc/passwd'], { kind: 'unstartable', error: 'EACCES' }],
    ['an empty name', [''], { kind: 'unstartable', error: 'ENOENT' }],
  ])('tells %s', async (_title, argv, end) => {
    expect(await run(argv)).toMatchObject({ end, isTimeout: false });
  });

  test('gets its arguments byte by byte, its variables, folder and input', async () => {
    const strange = ['', ' a  b ', '$HOME `x` "\'\\', 'Ä 🐟', '*', 'x'.repeat(5000)];
    writeFileSync(join(folder, 'input'), 'from a file\n');
    const script = 'pwd; cat; echo "$LENGTH"; for a; do printf "<%s>\\n" "$a"; done; echo oops >&2';
    const variables = { LENGTH: '1.5 m' };
    await run(['sh', '-c', script, 'sh', ...strange], { variables, stdin: join(folder, 'input') });
    const lines = [folder, 'from a file', '1.5 m', ...strange.map((text) => `<${text}>`), ''];
    expect(written('out')).toBe(lines.join('\n'));
    expect(written('err')).toBe('oops\n');
  });

  test('has each variable once: its own, where the starter has one of that name too', async () => {
    await run(['env'], { variables: { SHOAL_TEST_MARK: `${mark} too`, MORE: '1' } });
    await run(['env']);
    const marks = written('out').match(/^SHOAL_TEST_MARK=.*$/gm);
    expect(marks).toEqual([`SHOAL_TEST_MARK=${mark} too`, `SHOAL_TEST_MARK=${mark}`]);
    expect(written('out').match(/^MORE=/gm)).toHaveLength(1);
  });

  test('appends to what the commands before it wrote', async () => {
    for (const word of ['one', 'two', 'three']) await run(['echo', word]);
    expect(written('out')).toBe('one\ntwo\nthree\n');
  });

  test('is found on the PATH that it is given, and a script needs no interpreter in its first line', async () => {
    writeFileSync(join(folder, 'greet'), 'echo hello "$1"\n');
    chmodSync(join(folder, 'greet'), 0o755);
    await run(['greet', 'you'], { variables: { PATH: folder } });
    await run(['./greet', 'me']);
    expect(written('out')).toBe('hello you\nhello me\n');
  });

  test('has no descriptor of this process but its three', async () => {
    const extra = openSync('/etc/passwd', 'r');
    await run(['sh', '-c', 'for fd in 3 4 5 6 7 8 9; do [ -e /proc/$$/fd/$fd ] && echo $fd; done']);
    closeSync(extra);
    // A shell may keep one of its own.
    expect(written('out').split('\n').length).toBeLessThanOrEqual(2);
  });

  test('is not deaf for signals that Node ignores', async () => {
    // Without SIGPIPE `yes` would never end, or complain.
    expect(await run(['sh', '-c', 'yes | head -n 1'])).toMatchObject({ end: { code: 0 } });
    expect(written('err')).toBe('');
  });

  test('whose time is over gets TERM, and KILL after the grace, with all of its group', async () => {
    const limits = { timeoutMs: 150, graceMs: 300 };
    const obedient = await run(['sh', '-c', 'sleep 60 & sleep 60'], {}, limits);
    expect(obedient).toMatchObject({ end: { kind: 'signalled', signal: 'SIGTERM' }, isTimeout: true });
    // Once it has come to ignore TERM before its time is over.
    for (let timeoutMs = 150; !written('out').includes('stubborn'); timeoutMs *= 3) {
      const script = 'trap "" TERM; echo stubborn; sleep 60 & sleep 60; sleep 60';
      const stubborn = await run(['sh', '-c', script], {}, { ...limits, timeoutMs });
      expect(stubborn.isTimeout).toBe(true);
      if (!written('out').includes('stubborn')) continue;
      expect(stubborn.end).toMatchObject({ kind: 'signalled', signal: 'SIGKILL' });
    }
    expect(processesMarked(mark)).toEqual([]);
  });

  test('leaves nothing running behind it, but what ends soon may end by itself', async () => {
    // It has a second: on a busy machine one of a few comes in time.
    for (let tries = 0; tries < 10 && !written('out').endsWith('early\nlate\n'); tries++) {
      const soon = run(['sh', '-c', '(sleep 0.3; echo late) & echo early']);
      expect(await soon).toMatchObject({ end: { kind: 'exited', code: 0 }, isTimeout: false });
    }
    expect(written('out')).toMatch(/early\nlate\n$/);
    await run(['sh', '-c', 'sleep 60 & exit 4']);
    expect(await eventually(() => processesMarked(mark).length === 0)).toBe(true);
  });

  test('tells its process group when it does not end at once', async () => {
    const groups: number[] = [];
    const isTold = join(folder, 'is-told');
    const onRunning = (group: number): void => {
      groups.push(group);
      writeFileSync(isTold, '');
    };
    const script = 'until [ -e is-told ]; do sleep 0.05; done; echo $$';
    await run(['sh', '-c', script], {}, { ...patient, onRunning });
    expect(groups).toEqual([Number(written('out'))]);
  });
});

test('posix_spawn is what this machine uses', () => {
  expect(posixStarter({ stdout: 1, stderr: 2, environment: {} })).toBeDefined();
});
