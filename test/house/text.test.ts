import { expect, test } from 'vitest';
import { filesUnder, textOf } from './files.js';

const binary = /\.(?:png|parquet|arrow|gz|tgz)$/;
const all = filesUnder('.').filter((path) => !binary.test(path));
const code = all.filter((path) => /\.(?:ts|mjs|c|h)$/.test(path));
const self = 'test/house/text.test.ts';

test('a file above 400 lines says in its first comment why it is one file', () => {
  const wrong = code.filter((path) => {
    const text = textOf(path);
    if (text.split('\n').length <= 400) return false;
    const first = text.match(/\/\*[\s\S]*?\*\/|(?:^\/\/.*\n)+/m)?.[0] ?? '';
    return !/one file/i.test(first);
  });
  expect(wrong).toEqual([]);
});

test('no file names a folder of the machine it was written on', () => {
  const places = [
    ['', 'work', ''],
    ['', 'root', ''],
  ].map((parts) => parts.join('/'));
  const wrong = all
    .filter((path) => path !== self)
    .filter((path) => places.some((place) => textOf(path).includes(place)));
  expect(wrong).toEqual([]);
});

test('no work is promised in comments: it is done, or it is an issue', () => {
  const wrong = code.filter((path) => path !== self && /\b(?:TODO|FIXME|XXX|HACK)\b/.test(textOf(path)));
  expect(wrong).toEqual([]);
});

test('only the command line, main.ts, the abort of MPI, a rank that has served and a worker without coordinator end the process', () => {
  const wrong = filesUnder('src').filter(
    (path) =>
      !/^src\/(?:cli\/|mpi\/|main\.ts$|api\/executors\.ts$|runtime\/(?:local\/serve-stdio|mpi\/serve-mpi)\.ts$)/.test(
        path,
      ) && /\bprocess\.(?:exit|reallyExit)\(/.test(textOf(path)),
  );
  expect(wrong).toEqual([]);
});

test('the lock file names no registry', () => {
  expect(textOf('package-lock.json')).not.toMatch(/"resolved": "http/);
});
