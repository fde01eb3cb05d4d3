import { posix } from 'node:path';
import { expect, test } from 'vitest';
import { filesUnder, textOf } from './files.js';

const files = filesUnder('.');
const pages = files.filter((path) => path.endsWith('.md'));

const links = pages.flatMap((page) =>
  [...textOf(page).matchAll(/\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)/g)].map(([, file = '', heading]) => ({
    ...{ page, heading },
    target: file === '' ? page : posix.join(posix.dirname(page), file),
  })),
);

/** Headings of a page as links name them. */
function headingsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(
    ([, title = '']) =>
      `#${title
        .toLowerCase()
        .replace(/[^\p{L}\d _-]/gu, '')
        .replaceAll(' ', '-')}`,
  );
}

test('every file and every heading that a page links to exists', () => {
  expect(links.length).toBeGreaterThan(50);
  const isThere = (target: string): boolean =>
    files.some((file) => file === target || file.startsWith(`${target}/`));
  const dead = links.filter(
    ({ target, heading }) =>
      !isThere(target) || (heading !== undefined && !headingsOf(target).includes(heading)),
  );
  expect(dead).toEqual([]);
});

test('README leads to every page for users', () => {
  const named = links.filter(({ page }) => page === 'README.md').map(({ target }) => target);
  expect(pages.filter((page) => page.startsWith('docs/') && !named.includes(page))).toEqual([]);
});
