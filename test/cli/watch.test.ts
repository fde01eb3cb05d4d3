import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findLaunchers } from '../../src/launch/mpirun/launcher.js';
import { eventually, processesMarked } from '../process/marked.js';
import { program } from '../program.js';
import { recordSkip } from '../skips.js';
import { type Started, startProgram, startShoal, studyFolder } from './program.js';

const folders: string[] = [];
const marks: string[] = [];

beforeAll(() => {
  program();
});

afterEach(async () => {
  for (const mark of marks.splice(0)) for (const pid of processesMarked(mark)) process.kill(pid, 'SIGKILL');
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

function marked(started: Started): Started {
  marks.push(started.mark);
  return started;
}

/** A run of three ranks that goes on until it is stopped, seen by a first `watch --once`. */
async function running(environment: Record<string, string>, options: readonly string[]) {
  const folder = await studyFolder(5_000, 60);
  folders.push(folder);
  const argv = ['run', 'study.yaml', '--ranks', '3', '--quiet', ...options];
  const run = marked(startShoal(folder, argv, environment));
  let picture = '';
  const isSeen = await eventually(() => {
    picture = spawnSync(process.execPath, [program(), 'watch', 'runs/slow', '--once'], {
      cwd: folder,
      encoding: 'utf8',
    }).stdout;
    // Two kinds of time, a count and the memory of the process.
    return (
      /3 busy/.test(picture) && ranksIn(picture).filter((rank) => / s +\d+ .*MiB/.test(rank)).length === 3
    );
  });
  expect(isSeen ? '' : picture).toBe('');
  return { folder, run, picture };
}

function ranksIn(picture: string): string[] {
  return picture.split('\n').filter((line) => /^ +[012] .* cases? \d/.test(line));
}

describe.each(['local', 'openmpi', 'mpich'] as const)('over %s', (name) => {
  const launcher = findLaunchers(process.env).find(({ family }) => family === name);
  const isMissing = name !== 'local' && !launcher;
  if (isMissing) recordSkip(`test/cli/watch: no launcher of ${name} is installed`);

  test.skipIf(isMissing)('another process sees each rank at work, and the end of the run', async () => {
    const environment: Record<string, string> = launcher ? { SHOAL_MPIRUN: launcher.path } : {};
    const { folder, run, picture } = await running(environment, [
      '--launcher',
      launcher ? 'mpirun' : 'local',
    ]);
    expect(picture).toMatch(/^slow {2}running for /);
    expect(ranksIn(picture)).toHaveLength(3);
    const watch = marked(startShoal(folder, ['watch', 'runs/slow']));
    await once(watch.child.stdout!, 'data');
    run.child.kill('SIGINT');
    const { code, stdout } = await watch.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^slow {2}running for /);
    expect(stdout).toContain('slow: not complete');
    expect(stdout).toContain('resume runs/slow');
    await run.ended;
  });
});

test('on a terminal it is drawn on another screen, and q gives the terminal back', async () => {
  const hasScript = spawnSync('script', ['--version']).status === 0;
  if (!hasScript) return recordSkip('test/cli/watch: there is no script(1), which makes a terminal');
  const { folder, run } = await running({}, []);
  const command = `stty rows 20 columns 70; '${process.execPath}' '${program()}' watch runs/slow; echo "code $?"; stty -a`;
  const isSeen = join(folder, 'is-seen');
  const keys = `{ until [ -e is-seen ]; do sleep 0.1; done; while printf q; do sleep 0.5; done; } | TERM=xterm script -qec "$0" /dev/null`;
  const watch = marked(startProgram('bash', ['-c', keys, command], folder));
  let drawn = '';
  watch.child.stdout?.on('data', (text) => {
    drawn = (drawn + text).slice(-10_000);
    if (stripVTControlCharacters(drawn).includes('3 busy')) writeFileSync(isSeen, '');
  });
  const { stdout } = await watch.ended;
  run.child.kill('SIGKILL');
  const [before = '', after = ''] = stdout.split('\u001b[?1049l');
  const [, screen = ''] = before.split('\u001b[?1049h');
  expect(after).toContain('code 0');
  expect(after).toMatch(/(?<!-)icanon/);
  expect(after).toMatch(/(?<!-)\becho\b/);
  const frames = screen.split('\u001b[H').map(stripVTControlCharacters);
  expect(frames.some((frame) => frame.includes('3 busy'))).toBe(true);
  for (const line of frames.flatMap((frame) => frame.split(/\r*\n/)))
    expect(line.length).toBeLessThanOrEqual(70);
});

test('what is no run directory is refused, and what has ended is told at once', async () => {
  const folder = await studyFolder(3, 0);
  folders.push(folder);
  const refused = await marked(startShoal(folder, ['watch', 'nowhere'])).ended;
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('nowhere');
  await marked(startShoal(folder, ['run', 'study.yaml', '--quiet'])).ended;
  const ended = await marked(startShoal(folder, ['watch', join(folder, 'runs/slow')])).ended;
  expect(ended.code).toBe(0);
  expect(ended.stdout).toMatch(/^slow: completed\n/);
});
