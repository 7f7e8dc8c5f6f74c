import { expect, test } from 'vitest';
import { pages, readPage } from '../../scripts/print-docs.ts';

test.each(pages)('$path is what the code prints: run "npm run docs"', ({ path, make }) => {
  const committed = readPage(path);
  expect(committed).toBe(make(committed));
});
