import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { filesOfStudy } from '../../src/study/study-files.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shoal-study-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

test.each([
  ['a table', { 'study.yaml': 'table: t.csv', 't.csv': '', 'other.csv': '' }, ['study.yaml', 't.csv']],
  [
    'a module and what it imports',
    {
      'study.yaml': 'kernel: k.ts',
      'k.ts': "import { a } from './lib/a.js';\nimport x from 'x';",
      'lib/a.ts': "import '../b.mjs'",
      'b.mjs': '',
    },
    ['b.mjs', 'k.ts', 'lib/a.ts', 'study.yaml'],
  ],
  [
    'a C source and its headers',
    {
      'study.yaml': 'kernel: { library: src/k.c, symbol: f }',
      'src/k.c': '#include <math.h>\n# include "k.h"',
      'src/k.h': '',
    },
    ['src/k.c', 'src/k.h', 'study.yaml'],
  ],
  [
    'scripts in commands, and a folder of templates',
    {
      'study.json': '{"kernel": {"command": "awk -f \'one.awk\' deck/{x}", "template": "deck"}}',
      'one.awk': '',
      'deck/in/a': '',
    },
    ['deck/in/a', 'one.awk', 'study.json'],
  ],
  [
    'a study that is a module',
    { 'study.ts': "export const study = { table: 't.csv' }", 't.csv': '' },
    ['study.ts', 't.csv'],
  ],
])('%s', (_, files, expected) => {
  put(files);
  const [study = ''] = Object.keys(files);
  expect(filesOfStudy(join(folder, study))).toEqual({ root: folder, study, files: expected });
});

test('files above the study move the root, absolute names and the study’s own folder do not count', () => {
  put({ 'a/study.yaml': `table: ../data/t.csv\nx: [., .., /etc/passwd, ./]`, 'data/t.csv': '', b: '' });
  expect(filesOfStudy(join(folder, 'a', 'study.yaml'))).toEqual({
    root: folder,
    study: 'a/study.yaml',
    files: ['a/study.yaml', 'data/t.csv'],
  });
});
