import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ProgramFinder } from '../../../src/process/spawn/find-program.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-find-'));
  for (const name of ['a', 'b']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'a', 'tool'), '');
  writeFileSync(join(folder, 'b', 'tool'), '');
  writeFileSync(join(folder, 'a', 'data'), '');
  mkdirSync(join(folder, 'a', 'sub'));
  chmodSync(join(folder, 'b', 'tool'), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the first executable file on the PATH is the program, folders and plain files are passed over', () => {
  const finder = new ProgramFinder(`${folder}/none:${folder}/a:${folder}/b`);
  expect(finder.find('tool', '/')).toBe(join(folder, 'b', 'tool'));
  expect(finder.find('sub', '/')).toBeUndefined();
});

test('a file that cannot be executed is found where there is no better, so that its start can say why', () => {
  expect(new ProgramFinder(`${folder}/a`).find('data', '/')).toBe(join(folder, 'a', 'data'));
});

test('relative names start at the folder of the command, in PATH too', () => {
  const finder = new ProgramFinder('b');
  expect(finder.find('./b/tool', folder)).toBe(join(folder, 'b', 'tool'));
  expect(finder.find('tool', folder)).toBe(join(folder, 'b', 'tool'));
  expect(finder.find('tool', '/')).toBeUndefined();
  expect(new ProgramFinder('/nowhere').find('tool', '/', join(folder, 'b'))).toBe(join(folder, 'b', 'tool'));
});
