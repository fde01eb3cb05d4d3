import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LiveFile, readLiveFile } from '../../src/store/live-file.js';
import { openRunDirectory, readRunDirectory } from '../../src/store/run-directory.js';
import { otherFingerprint, studyOf, temporaryFolder, valueSpec } from './support.js';

const kernel = { name: 'none', version: '1', form: 'c', outputs: [valueSpec] } as const;

test('A new run directory holds the study and says so to whoever reads it', () => {
  const path = join(temporaryFolder(), 'runs', 'test');
  const study = studyOf(10, { shared: { weights: Float64Array.of(0.1, 0.2) } });
  const directory = openRunDirectory(path, study);
  expect(directory.isNew).toBe(true);
  directory.close();
  const view = readRunDirectory(path);
  expect(view.study).toEqual(study);
  expect(view.manifest).toMatchObject({
    name: 'test',
    cases: 10,
    source: { file: 'study.yaml' },
    sessions: [],
  });
  expect(readFileSync(join(path, 'study.yaml'), 'utf8')).toBe(study.source.text);
});

test('What an older version did not know of the execution of a study is the default', () => {
  const path = temporaryFolder();
  const study = studyOf(10);
  const { retryMemoryFactor: _unknown, ...execution } = { ...study.execution, retries: 7 };
  openRunDirectory(path, { ...study, execution } as typeof study).close();
  expect(readRunDirectory(path).study.execution).toEqual({ ...study.execution, retries: 7 });
});

test('The same study again continues, and keeps its kernel and its sessions', () => {
  const path = temporaryFolder();
  const first = openRunDirectory(path, studyOf(10));
  first.startSession(kernel, { ranks: 4 });
  first.endSession('interrupted', { done: 3 });
  first.close();
  const second = openRunDirectory(path, studyOf(10));
  expect(second.isNew).toBe(false);
  second.startSession(kernel, { ranks: 2 });
  second.close();
  const { manifest } = readRunDirectory(path);
  expect(manifest.kernel).toEqual(kernel);
  expect(manifest.sessions).toMatchObject([
    { state: 'interrupted', facts: { ranks: 4, done: 3 } },
    { state: 'running', facts: { ranks: 2 } },
  ]);
  expect(manifest.sessions[0]!.end).toBeDefined();
  expect(manifest.sessions[1]!.end).toBeUndefined();
});

test('A kernel of another form or version does not go on with results that it would not repeat', () => {
  const path = temporaryFolder();
  const directory = openRunDirectory(path, studyOf(10));
  directory.startSession(kernel, {});
  expect(() => directory.startSession({ ...kernel, form: 'typescript' }, {})).toThrow('typescript form');
  expect(() => directory.startSession({ ...kernel, version: '2' }, {})).toThrow('none 2');
  directory.close();
  expect(readRunDirectory(path).manifest.sessions).toHaveLength(1);
});

test('The run directory of another study is refused with both names and stays as it was', () => {
  const path = temporaryFolder();
  openRunDirectory(path, studyOf(10)).close();
  const before = readFileSync(join(path, 'manifest.json'), 'utf8');
  const other = studyOf(10, { name: 'other', fingerprint: otherFingerprint });
  expect(() => openRunDirectory(path, other)).toThrow('another study');
  try {
    openRunDirectory(path, other);
  } catch (error) {
    expect((error as { describe(): string }).describe()).toMatch(/expected other .*got test /);
  }
  expect(readFileSync(join(path, 'manifest.json'), 'utf8')).toBe(before);
});

test('A folder that holds anything else is refused and left alone', () => {
  const path = temporaryFolder();
  writeFileSync(join(path, 'thesis.tex'), '');
  expect(() => openRunDirectory(path, studyOf(1))).toThrow('not a run directory');
  expect(readdirSync(path)).toEqual(['thesis.tex']);
  expect(() => openRunDirectory(join(path, 'thesis.tex'), studyOf(1))).toThrow('is a file');
});

test('A start that was cut off before the manifest is no obstacle', () => {
  const path = temporaryFolder();
  openRunDirectory(path, studyOf(10)).close();
  rmSync(join(path, 'manifest.json'));
  const directory = openRunDirectory(path, studyOf(10));
  expect(directory.isNew).toBe(true);
  directory.close();
});

test('A run directory of a newer version is refused by version', () => {
  const path = temporaryFolder();
  openRunDirectory(path, studyOf(10)).close();
  const file = join(path, 'manifest.json');
  writeFileSync(file, readFileSync(file, 'utf8').replace('"schemaVersion": 1', '"schemaVersion": 2'));
  expect(() => openRunDirectory(path, studyOf(10))).toThrow('newer version');
  expect(() => readRunDirectory(path)).toThrow('newer version');
});

test('Looking at what is no run directory is an input error', () => {
  const path = temporaryFolder();
  expect(() => readRunDirectory(path)).toThrow('not a run directory');
  expect(() => readRunDirectory(join(path, 'nowhere'))).toThrow('does not exist');
  mkdirSync(join(path, 'broken'));
  writeFileSync(join(path, 'broken', 'manifest.json'), '[]');
  expect(() => readRunDirectory(join(path, 'broken'))).toThrow('not the manifest');
});

test('An owner that was replaced can write neither the manifest nor the journal', () => {
  const path = temporaryFolder();
  const directory = openRunDirectory(path, studyOf(10));
  const lock = join(path, 'lock');
  writeFileSync(lock, JSON.stringify({ ...JSON.parse(readFileSync(lock, 'utf8')), nonce: 'of another' }));
  expect(() => directory.checkOwner()).toThrow('taken over');
  expect(() => directory.startSession(kernel, {})).toThrow('taken over');
  directory.close();
  expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({ nonce: 'of another', state: 'held' });
});

test('The live file shows the first state offered and the last one, and not those in quick succession', async () => {
  const path = temporaryFolder();
  const live = new LiveFile(path, 3_600_000);
  for (let done = 0; done < 5; done++) live.offer(() => ({ done }));
  await live.finish({ done: 9 });
  expect(readLiveFile(path)).toEqual({ done: 9 });
  live.offer(() => ({ done: 10 }));
  expect(readLiveFile(path)).toEqual({ done: 9 });
  expect(readdirSync(path)).toEqual(['live.json']);
  expect(readLiveFile(join(path, 'nowhere'))).toBeUndefined();
});
