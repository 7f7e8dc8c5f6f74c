import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { pages, readPage } from '../../scripts/print-docs.ts';

test.each(pages)('$path is what the code prints: run "npm run docs"', ({ path, make }) => {
  const committed = readPage(path);
  expect(committed).toBe(make(committed));
});

test('links between pages lead somewhere', () => {
  const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], { encoding: 'utf8' }).split(
    '\n',
  );
  const links = tracked
    .filter((page) => page !== '' && existsSync(page))
    .flatMap((page) =>
      [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link = '']) => ({ page, link })),
    );
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter(({ page, link }) => !existsSync(join(dirname(page), link)))).toEqual([]);
});

/** Files are named within the package of the paragraph, or with the package before them. */
test('docs/ARCHITECTURE.md names files and tests that exist', () => {
  const lost: string[] = [];
  let found = 0;
  let home = '';
  for (const line of readFileSync('docs/ARCHITECTURE.md', 'utf8').split('\n')) {
    home = /^\*\*([a-z]+)\*\*:/.exec(line)?.[1] ?? (line.startsWith('## ') ? '' : home);
    for (const [, name = '', , claim] of line.matchAll(/`([\w./-]+\.ts)`(: "([^"]+)")?/g)) {
      const [owner = '', ...rest] = name.split('/');
      const places = [
        name,
        join('packages', name),
        join('packages', owner, 'src', ...rest),
        join('packages', home, 'src', name),
      ];
      const file = places.find((place) => existsSync(place));
      if (file !== undefined && (claim === undefined || readFileSync(file, 'utf8').includes(claim.replace(/ ?…$/, ''))))
        found++;
      else if (!name.includes('NN-')) lost.push(`${name}${claim === undefined ? '' : `: ${claim}`}`);
    }
  }
  expect(lost).toEqual([]);
  expect(found).toBeGreaterThan(100);
});
